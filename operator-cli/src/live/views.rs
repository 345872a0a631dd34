//! Operations that are followed, as an operator sees them: in a pipe, and as live lines.

use payments_client::NoOutcome;
use workflows::contract::outcome::Ending;

use super::*;
use crate::example::{context, needs_attention, outcome, request_id, waiting};
use crate::terminal::captured::assert_view;
use crate::terminal::live_screen::LiveScreen;

fn board(bars: Option<Bars>) -> Board {
    Board {
        output: context().output,
        bars,
        longest_id: "ride-1-extra-1".len(),
    }
}

/// One completes, one goes on, one needs an operator, one has no worker, one ends by force.
fn follow(board: &Board) -> io::Result<[Line; 5]> {
    let ids = ["ride-1-extra-1", "ride-2", "ride-3", "ride-4", "ride-5"];
    let mut lines = ids.map(|id| board.line(&request_id(id)));
    let [completed, open, stuck, unanswered, terminated] = &mut lines;
    completed.look(&Ok(waiting()))?;
    completed.end(&Ok(outcome(Ending::Completed)))?;
    open.look(&Ok(waiting()))?;
    stuck.look(&Ok(needs_attention()))?;
    unanswered.look(&Err(Error::NoWorker("Timeout expired".to_owned())))?;
    terminated.end(&Err(Error::NoOutcome {
        request_id: request_id("ride-5"),
        end: NoOutcome::Terminated,
    }))?;
    Ok(lines)
}

#[test]
fn what_is_followed_in_a_pipe() {
    assert_view("wait", || {
        let board = board(None);
        follow(&board)?;
        board.time_is_up(Duration::from_secs(30));
        Ok(())
    });
}

#[test]
fn what_is_followed_on_a_terminal() {
    assert_view("wait-live", || {
        let screen = LiveScreen::new();
        let board = board(Some(screen.bars()));
        // A line that is dropped is drawn no more.
        let _lines = follow(&board)?;
        screen.print()
    });
}

#[test]
fn a_long_id_on_a_terminal() {
    assert_view("wait-live-of-a-long-id", || {
        let screen = LiveScreen::new();
        let id = "a-request-id-of-sixty-four-characters-which-is-as-long-as-it-may";
        let board = Board {
            longest_id: id.len(),
            ..board(Some(screen.bars()))
        };
        let mut lines = [id, "ride-2"].map(|id| board.line(&request_id(id)));
        lines[0].end(&Ok(outcome(Ending::Completed)))?;
        lines[1].look(&Ok(waiting()))?;
        screen.print()
    });
}
