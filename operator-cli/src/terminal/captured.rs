//! What a view prints on a terminal of a given width, held against `snapshots/`: that is what an
//! operator sees.

use std::cell::RefCell;
use std::io;

use anstream::adapter::strip_str;
use console::measure_text_width;

thread_local! {
    static SCREEN: RefCell<Option<(usize, Vec<u8>)>> = const { RefCell::new(None) };
}

/// At 80 and at 120 characters. No line is wider, except for commands to copy.
pub(crate) fn assert_view(name: &str, view: impl Fn() -> io::Result<()>) {
    for width in [80, 120] {
        let seen = on_a_screen(width, &view);
        insta::assert_snapshot!(format!("{name}-{width}"), seen);
        let wide = seen.lines().filter(|line| measure_text_width(line) > width);
        for line in wide {
            let commands = [
                "  sky-payments ",
                "sky-payments ",
                "  temporal ",
                "temporal ",
                "for ID",
            ];
            let is_to_copy = commands.iter().any(|it| line.starts_with(it))
                || line.starts_with("input  ")
                || line.starts_with("https://");
            assert!(is_to_copy, "wider than {width}: {line}");
        }
    }
}

fn on_a_screen(width: usize, view: impl Fn() -> io::Result<()>) -> String {
    SCREEN.with_borrow_mut(|screen| *screen = Some((width, Vec::new())));
    view().unwrap();
    let (_, bytes) = SCREEN.take().unwrap();
    strip_str(&String::from_utf8(bytes).unwrap()).to_string()
}

/// Whether there is such a screen.
pub(super) fn write(bytes: &[u8]) -> bool {
    SCREEN.with_borrow_mut(|screen| match screen {
        Some((_, written)) => {
            written.extend_from_slice(bytes);
            true
        }
        None => false,
    })
}

pub(crate) fn width() -> Option<usize> {
    SCREEN.with_borrow(|screen| screen.as_ref().map(|(width, _)| *width))
}
