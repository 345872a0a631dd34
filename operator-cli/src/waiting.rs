//! Following operations to their ends.

use std::io;
use std::time::Duration;

use futures::future::join_all;
use payments_client::OperationHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::exit::Exit;
use crate::live::Board;
use crate::output::Output;

/// How often the state is asked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Returns the highest exit code of the operations, or that the time is over.
pub(crate) async fn wait(
    handles: Vec<OperationHandle>,
    at_most: Option<Duration>,
    output: &Output,
) -> anyhow::Result<Exit> {
    let board = Board::new(&handles, output.clone());
    let ends = join_all(handles.iter().map(|handle| follow(handle, &board)));
    let ends = match at_most {
        None => ends.await,
        Some(at_most) => match timeout(at_most, ends).await {
            Ok(ends) => ends,
            Err(_) => {
                board.time_is_up(at_most);
                return Ok(Exit::TimeUp);
            }
        },
    };
    let exits: io::Result<Vec<Exit>> = ends.into_iter().collect();
    Ok(exits?.into_iter().max().unwrap_or(Exit::Fine))
}

async fn follow(handle: &OperationHandle, board: &Board) -> io::Result<Exit> {
    let mut line = board.line(handle.request_id());
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut result = std::pin::pin!(handle.result());
    loop {
        let look = async {
            looks.tick().await;
            handle.state().await
        };
        tokio::select! {
            end = &mut result => {
                line.end(&end)?;
                return Ok(Exit::of_end(&end));
            }
            // The result also shows errors that are final.
            state = look => line.look(&state)?,
        }
    }
}
