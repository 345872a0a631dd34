//! One function per verb.

use std::time::Duration;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;
use payments_client::Error;
use workflows::contract::ids::RequestId;

use crate::arguments::{Arguments, Consent, Target, TargetArguments, Verb};
use crate::command::Command;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::labels::told_by;
use crate::start::start;
use crate::terminal::print_script;
use crate::{
    accounts, doctor, equivalent, explain, list, reconcile, show, update_many, update_one, waiting,
};

pub(crate) async fn carry_out(context: &CommandContext, verb: Verb) -> anyhow::Result<Exit> {
    match verb {
        Verb::Start(how) => start(context, how).await,
        Verb::Status(it) => status(context, &it.request_id).await,
        Verb::Result(it) => result(context, &it.request_id).await,
        Verb::Wait {
            request_ids,
            timeout,
        } => wait(context, &request_ids, timeout).await,
        Verb::Cancel(it) => cancel(context, &it.request_id).await,
        Verb::Show(it) => show::show(context, &it.request_id).await,
        Verb::Explain(target) => explain::explain(context, target.target()?).await,
        Verb::Resolve {
            target,
            consent,
            insistence,
            resolution,
        } => {
            let command = Command::Resolve(resolution.read()?);
            update(context, target, consent, insistence.against_advice, command).await
        }
        Verb::Approve {
            target,
            consent,
            insistence,
            approval,
        } => {
            let command = Command::Approve(approval);
            update(context, target, consent, insistence.against_advice, command).await
        }
        Verb::Withdraw {
            target,
            consent,
            withdrawal,
        } => {
            let command = Command::Withdraw(withdrawal.read()?);
            update(context, target, consent, false, command).await
        }
        Verb::CheckNow { target, consent } => {
            update(context, target, consent, false, Command::CheckNow).await
        }
        Verb::List {
            selection,
            limit,
            sums,
        } => list::list(context, &selection, limit, sums).await,
        Verb::Reconcile(report) => reconcile::reconcile(context, &report).await,
        Verb::Accounts(arguments) => accounts::accounts(context, arguments).await,
        Verb::Doctor => doctor::doctor(context).await,
        Verb::Completions { shell } => completions(shell),
    }
}

/// Includes what Temporal itself knows. That is available even if no worker runs, and distinguishes
/// an operation that was cut off in a phase from one that is in it.
async fn status(context: &CommandContext, request_id: &RequestId) -> anyhow::Result<Exit> {
    context.output.equivalent(&equivalent::status(request_id));
    let handle = context.operation(request_id).await?;
    let state = handle.state().await;
    let description = handle.describe().await?;
    if !context.output.is_json() {
        let told = told_by(state.as_ref().ok(), description.clone());
        context.output.description(&told)?;
        let end = explain::end_of(&handle, &description).await;
        let sentences = explain::standing_sentences(&description, end.as_ref());
        sentences
            .iter()
            .try_for_each(|line| context.output.line(line))?;
    }
    let state = match state {
        Err(error) if description.is_open() => return Err(error.into()),
        // Some ends leave nothing that a worker could add.
        state => state.ok(),
    };
    context.output.state(state.as_ref(), &description)?;
    Ok(Exit::Fine)
}

async fn result(context: &CommandContext, request_id: &RequestId) -> anyhow::Result<Exit> {
    context.output.equivalent(&equivalent::result(request_id));
    let end = context.operation(request_id).await?.result().await;
    let exit = Exit::of_end(&end);
    match end {
        Ok(outcome) => context.output.outcome(&outcome)?,
        Err(error @ Error::NoOutcome { .. }) => context.output.no_outcome(request_id, &error)?,
        Err(error) => return Err(error.into()),
    }
    Ok(exit)
}

async fn wait(
    context: &CommandContext,
    request_ids: &[RequestId],
    timeout: Option<Duration>,
) -> anyhow::Result<Exit> {
    for request_id in request_ids {
        context.output.equivalent(&equivalent::result(request_id));
    }
    let payments = context.payments().await;
    let payments = payments.with_context(|| {
        let ids: Vec<&str> = request_ids.iter().map(RequestId::as_str).collect();
        ids.join(", ")
    })?;
    let handles = request_ids.iter().map(|id| payments.operation(id));
    waiting::wait(handles.collect(), timeout, &context.output).await
}

async fn cancel(context: &CommandContext, request_id: &RequestId) -> anyhow::Result<Exit> {
    context.output.equivalent(&equivalent::cancel(request_id));
    context.operation(request_id).await?.cancel().await?;
    context.output.cancelled(request_id)?;
    Ok(Exit::Fine)
}

async fn update(
    context: &CommandContext,
    target: TargetArguments,
    consent: Consent,
    against_advice: bool,
    command: Command,
) -> anyhow::Result<Exit> {
    match target.target()? {
        Target::One(request_id) => {
            update_one::update(context, &request_id, command, against_advice).await
        }
        Target::Many(selection) => {
            update_many::update(context, command, &selection, consent.confirm).await
        }
    }
}

fn completions(shell: Shell) -> anyhow::Result<Exit> {
    let mut command = Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "sky-payments", &mut script);
    print_script(&script)?;
    Ok(Exit::Fine)
}
