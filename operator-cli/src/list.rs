//! The verb `list`.

use crate::arguments::Selection;
use crate::context::CommandContext;
use crate::equivalent;
use crate::exit::Exit;
use crate::output::listed;
use crate::selected_operations::{MOST, first_unanswered, select};
use crate::tables;
use crate::terminal::{complain, print, print_json};
use crate::totals::Total;

pub(crate) async fn list(
    context: &CommandContext,
    selection: &Selection,
    limit: usize,
    only_sums: bool,
) -> anyhow::Result<Exit> {
    let filter = selection.filter();
    context
        .output
        .equivalent(&equivalent::list(&filter, limit)?);
    let payments = context.payments().await?;
    let chosen = select(&payments, &filter, selection, false).await?;
    let totals = Total::of(chosen.iter().map(|one| &one.description));
    let shown = if only_sums {
        &[][..]
    } else {
        &chosen[..chosen.len().min(limit)]
    };
    match (context.output.is_json(), only_sums) {
        (true, true) => tables::sums_json(&totals).iter().try_for_each(print_json)?,
        (true, false) => shown.iter().try_for_each(|one| print_json(&listed(one)))?,
        (false, true) => tables::print_sums(&totals, chosen.len(), chosen.len())?,
        (false, false) => {
            tables::print_operations(shown)?;
            print(&"")?;
            tables::print_sums(&totals, shown.len(), chosen.len())?;
        }
    }
    if chosen.len() == MOST {
        complain(&format_args!(
            "there are more: the sums are of the newest {MOST}"
        ));
    }
    match first_unanswered(&chosen) {
        None => Ok(Exit::Fine),
        Some((one, error)) => {
            complain(&format_args!(
                "error: {}: {error}",
                one.description.request_id
            ));
            Ok(Exit::of(error))
        }
    }
}
