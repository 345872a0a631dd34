//! The verb `accounts`: which there are, what is going on at each, and pausing one.

mod calls;
mod listed_account;

use std::io;

use payments_client::{Filter, PaymentsClient};
use serde_json::json;
use temporalio_common::UpdateDefinition;
use workflows::MerchantAccount;
use workflows::contract::account::{AccountRecord, MERCHANT_ACCOUNT};
use workflows::contract::ids::account_workflow_id;

use crate::arguments::{AccountVerb, AccountsArguments};
use crate::context::CommandContext;
use crate::equivalent;
use crate::exit::Exit;
use crate::output::Output;
use crate::selected_operations::MOST;
use crate::terminal::{print, print_json};
use crate::totals::Total;

use calls::Calls;
use listed_account::ListedAccount;

pub(crate) async fn accounts(
    context: &CommandContext,
    arguments: AccountsArguments,
) -> anyhow::Result<Exit> {
    let (pauses, name, command) = match arguments.verb {
        None => return list(context, arguments.prometheus.as_deref()).await,
        Some(AccountVerb::Pause { name, command }) => (true, name, command.read()?),
        Some(AccountVerb::Resume { name, command }) => (false, name, command.read()?),
    };
    let update = if pauses {
        MerchantAccount::pause.name()
    } else {
        MerchantAccount::resume.name()
    };
    let equivalent = equivalent::update(&account_workflow_id(&name), update, &command)?;
    context.output.equivalent(&equivalent);
    let payments = context.payments().await?;
    let record = if pauses {
        payments.pause_account(&name, &command).await?
    } else {
        payments.resume_account(&name, &command).await?
    };
    print_change(&context.output, &name, &record)?;
    Ok(Exit::Fine)
}

fn print_change(output: &Output, name: &str, record: &AccountRecord) -> io::Result<()> {
    if output.is_json() {
        return print_json(&json!({ "merchant": name, "paused": record.paused }));
    }
    print(&match &record.paused {
        Some(_) => format!("{name}  paused; workers notice it within seconds"),
        None => format!("{name}  resumed; workers notice it within seconds"),
    })
}

/// What Prometheus does not say is missing, and the rest is listed.
async fn list(context: &CommandContext, prometheus: Option<&str>) -> anyhow::Result<Exit> {
    context.output.equivalent(&format!(
        "temporal workflow list --query 'WorkflowType=\"{MERCHANT_ACCOUNT}\" AND CloseTime IS NULL'"
    ));
    let payments = context.payments().await?;
    let accounts = payments.accounts().await?;
    if accounts.is_empty() && context.output.says_none("accounts")? {
        return Ok(Exit::Fine);
    }
    let calls = match prometheus {
        None | Some("") => None,
        Some(address) => Some(Calls::ask(address).await),
    };
    for (name, record) in accounts {
        let account = ListedAccount {
            name: &name,
            record: &record,
            open: &open(context, &payments, &name).await?,
            calls: calls.as_ref().and_then(|calls| calls.as_ref().ok()),
        };
        if context.output.is_json() {
            print_json(&account.json())?;
        } else {
            account.print()?;
        }
    }
    Ok(told_of_calls(&context.output, calls.as_ref())?)
}

/// The sums of its open operations.
async fn open(
    context: &CommandContext,
    payments: &PaymentsClient,
    name: &str,
) -> anyhow::Result<Vec<Total>> {
    let filter = Filter {
        merchant: Some(name.to_owned()),
        open: true,
        ..Filter::default()
    };
    let open = payments.list(&filter, MOST).await?;
    if open.len() == MOST {
        let more = format_args!("{name}: more is open: the sums are of {MOST} operations");
        context.output.complaint("more", Exit::Fine, &more);
    }
    Ok(Total::of(&open))
}

/// Why no calls are shown.
fn told_of_calls(output: &Output, calls: Option<&anyhow::Result<Calls>>) -> io::Result<Exit> {
    match calls {
        Some(Ok(_)) => Ok(Exit::Fine),
        Some(Err(error)) => {
            let text = format_args!("error: {error:#}");
            output.complaint("prometheus", Exit::Failed, &text);
            Ok(Exit::Failed)
        }
        None => {
            output.line("calls per second are shown with --prometheus URL")?;
            Ok(Exit::Fine)
        }
    }
}

#[cfg(test)]
mod views;
