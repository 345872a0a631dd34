//! The verb `list`.

use payments_client::Error;

use crate::arguments::Selection;
use crate::context::CommandContext;
use crate::equivalent;
use crate::exit::Exit;
use crate::failure;
use crate::output::listed;
use crate::selected_operations::{MOST, first_unanswered, select};
use crate::tables;
use crate::terminal::{print, print_json};
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
    if let (true, Some(merchant)) = (chosen.is_empty(), &filter.merchant)
        && let Err(error @ Error::NoAccount(_)) = payments.account(merchant).await
    {
        let name = failure::name(&error);
        context.output.complaint(name, Exit::Fine, &error);
    }
    let totals = Total::of(chosen.iter().map(|one| &one.description));
    let shown = (!only_sums).then(|| &chosen[..chosen.len().min(limit)]);
    match (context.output.is_json(), shown) {
        (true, None) => tables::sums_json(&totals).iter().try_for_each(print_json)?,
        (true, Some(shown)) => shown.iter().try_for_each(|one| print_json(&listed(one)))?,
        (false, _) if chosen.is_empty() && context.output.says_none("operations")? => {}
        (false, None) => tables::print_sums(&totals, chosen.len(), chosen.len())?,
        (false, Some(shown)) => {
            tables::print_operations(shown, context.output.now)?;
            print(&"")?;
            tables::print_sums(&totals, shown.len(), chosen.len())?;
        }
    }
    if chosen.len() == MOST {
        let more = format_args!("there are more: the sums are of {MOST}, the open ones first");
        context.output.complaint("more", Exit::Fine, &more);
    }
    match first_unanswered(&chosen) {
        None => Ok(Exit::Fine),
        Some((one, error)) => {
            let exit = Exit::of(error);
            let unanswered = format_args!("error: {}: {error}", one.description.request_id);
            let name = failure::name(error);
            context.output.complaint(name, exit, &unanswered);
            Ok(exit)
        }
    }
}
