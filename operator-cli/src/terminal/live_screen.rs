//! A terminal for live lines, which are drawn over themselves: what stands on it at last.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex};

use indicatif::{ProgressDrawTarget, TermLike};

use super::bars::Bars;
use super::{captured, lines};

/// As wide as the captured screen.
#[derive(Clone, Debug)]
pub(crate) struct LiveScreen {
    width: u16,
    frame: Arc<Mutex<Frame>>,
}

/// All lines as they were drawn at one time, each filled up with spaces.
#[derive(Default, Debug)]
struct Frame {
    text: String,
    is_whole: bool,
}

impl LiveScreen {
    pub(crate) fn new() -> LiveScreen {
        LiveScreen {
            width: captured::width().unwrap().try_into().unwrap(),
            frame: Arc::default(),
        }
    }

    pub(crate) fn bars(&self) -> Bars {
        Bars::on(ProgressDrawTarget::term_like(Box::new(self.clone())))
    }

    /// Prints the last frame. A terminal breaks what is wider than itself at its edge.
    pub(crate) fn print(&self) -> io::Result<()> {
        let text: Vec<char> = self.frame.lock().unwrap().text.chars().collect();
        text.chunks(self.width.into()).try_for_each(|row| {
            let row: String = row.iter().collect();
            lines::print(&row.trim_end())
        })
    }
}

/// Every frame replaces the one before, so it does not matter where the cursor is.
impl TermLike for LiveScreen {
    fn width(&self) -> u16 {
        self.width
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        let mut frame = self.frame.lock().unwrap();
        if mem::take(&mut frame.is_whole) {
            frame.text.clear();
        }
        frame.text += text;
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        self.frame.lock().unwrap().is_whole = true;
        Ok(())
    }
}
