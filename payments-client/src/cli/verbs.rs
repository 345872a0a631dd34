//! One function per verb.

use std::io::stdout;
use std::time::Duration;

use clap::CommandFactory;
use clap_complete::Shell;
use payments_client::{Error, Filter, OperationHandle, PaymentsClient};
use workflows::approval::{Approval, Withdrawal};
use workflows::ids::RequestId;
use workflows::partner_word::Kind;
use workflows::request::PaymentRequest;
use workflows::resolution::{Resolution, ResolutionError};

use crate::arguments::{Agreement, Arguments, Request, Taking, Verb, Word};
use crate::equivalent;
use crate::exit::Exit;
use crate::output::Output;
use crate::reconcile;
use crate::waiting;

pub(crate) async fn carry_out(arguments: Arguments) -> anyhow::Result<Exit> {
    let desk = Desk {
        output: Output::new(arguments.output),
        task_queue: arguments.task_queue,
    };
    match arguments.verb {
        Verb::Start {
            kind,
            request,
            wait,
        } => desk.start(kind.into(), &request, wait).await,
        Verb::Status(it) => desk.status(&it.request_id).await,
        Verb::Result(it) => desk.result(&it.request_id).await,
        Verb::Wait {
            request_ids,
            timeout,
        } => desk.wait(&request_ids, timeout).await,
        Verb::Cancel(it) => desk.cancel(&it.request_id).await,
        Verb::Resolve {
            operation,
            resolution,
        } => desk.resolve(&operation.request_id, &resolution).await,
        Verb::Approve {
            operation,
            approval,
        } => desk.approve(&operation.request_id, approval).await,
        Verb::Withdraw {
            operation,
            withdrawal,
        } => desk.withdraw(&operation.request_id, &withdrawal).await,
        Verb::CheckNow(it) => desk.check_now(&it.request_id).await,
        Verb::List {
            phase,
            order,
            limit,
        } => {
            let order_id = order;
            desk.list(&Filter { phase, order_id }, limit).await
        }
        Verb::Reconcile(report) => reconcile::reconcile(&desk, &report).await,
        Verb::Completions { shell } => completions(shell),
    }
}

/// Where an operator's orders are taken.
pub(crate) struct Desk {
    pub(crate) output: Output,
    task_queue: String,
}

impl Desk {
    async fn start(&self, kind: Kind, request: &Request, wait: bool) -> anyhow::Result<Exit> {
        let request = PaymentRequest::parse(&serde_json::to_vec(request)?).map_err(Error::from)?;
        let command = equivalent::start(kind, &request, &self.task_queue)?;
        self.output.equivalent(&command);
        let started = self.payments().await?.start(kind, &request).await?;
        self.output.started(&started)?;
        let same = started.repeat.is_none_or(|it| it.differs.is_empty());
        match (same, wait) {
            (false, _) => Ok(Exit::Refused),
            (true, true) => waiting::wait(vec![started.handle], None, self.output).await,
            (true, false) => Ok(Exit::Fine),
        }
    }

    /// For people, with what Temporal knows by itself: that shows also while no worker runs.
    async fn status(&self, request_id: &RequestId) -> anyhow::Result<Exit> {
        self.output.equivalent(&equivalent::status(request_id));
        let handle = self.operation(request_id).await?;
        if !self.output.is_json() {
            self.output.description(&handle.describe().await?)?;
        }
        self.output.state(&handle.state().await?)?;
        Ok(Exit::Fine)
    }

    async fn result(&self, request_id: &RequestId) -> anyhow::Result<Exit> {
        self.output.equivalent(&equivalent::result(request_id));
        let end = self.operation(request_id).await?.result().await;
        let exit = Exit::of_end(&end);
        match end {
            Ok(outcome) => self.output.outcome(&outcome)?,
            Err(error) => eprintln!("error: {request_id}: {error}"),
        }
        Ok(exit)
    }

    async fn wait(
        &self,
        request_ids: &[RequestId],
        timeout: Option<Duration>,
    ) -> anyhow::Result<Exit> {
        for request_id in request_ids {
            self.output.equivalent(&equivalent::result(request_id));
        }
        let payments = self.payments().await?;
        let handles = request_ids.iter().map(|id| payments.operation(id));
        waiting::wait(handles.collect(), timeout, self.output).await
    }

    async fn cancel(&self, request_id: &RequestId) -> anyhow::Result<Exit> {
        self.output.equivalent(&equivalent::cancel(request_id));
        self.operation(request_id).await?.cancel().await?;
        self.output.line(&format!(
            "{request_id}  cancellation requested; it goes on if anything was submitted"
        ))?;
        Ok(Exit::Fine)
    }

    async fn resolve(&self, request_id: &RequestId, resolution: &Word) -> anyhow::Result<Exit> {
        let resolution =
            Resolution::parse(&serde_json::to_vec(resolution)?).map_err(Error::from)?;
        let command = equivalent::resolve(request_id, &resolution)?;
        self.output.equivalent(&command);
        let state = self
            .operation(request_id)
            .await?
            .resolve(&resolution)
            .await?;
        self.output.state(&state)?;
        if state.proposal.is_some() {
            let verdict = resolution.verdict.as_str();
            self.output.line(&format!(
                "proposed; another operator approves it with:\n  \
                 sky-payments approve {request_id} --as {verdict} --operator NAME"
            ))?;
        }
        Ok(Exit::Fine)
    }

    /// The proposal is looked up, shown, and named by its time: what is approved is what is shown.
    async fn approve(&self, request_id: &RequestId, word: Agreement) -> anyhow::Result<Exit> {
        let handle = self.operation(request_id).await?;
        let state = handle.state().await?;
        let proposal = state
            .proposal
            .ok_or_else(|| Error::from(ResolutionError::NoProposal))?;
        self.output.proposal(&proposal)?;
        let approval = Approval {
            verdict: word.verdict,
            proposed_at: proposal.proposed_at,
            operator: word.operator,
        };
        let command = equivalent::approve(request_id, &approval)?;
        self.output.equivalent(&command);
        self.output.state(&handle.approve(&approval).await?)?;
        Ok(Exit::Fine)
    }

    async fn withdraw(&self, request_id: &RequestId, word: &Taking) -> anyhow::Result<Exit> {
        let withdrawal = Withdrawal::parse(&serde_json::to_vec(word)?).map_err(Error::from)?;
        let command = equivalent::withdraw(request_id, &withdrawal)?;
        self.output.equivalent(&command);
        let handle = self.operation(request_id).await?;
        self.output.state(&handle.withdraw(&withdrawal).await?)?;
        Ok(Exit::Fine)
    }

    async fn check_now(&self, request_id: &RequestId) -> anyhow::Result<Exit> {
        self.output.equivalent(&equivalent::check_now(request_id));
        let state = self.operation(request_id).await?.check_now().await?;
        self.output.state(&state)?;
        Ok(Exit::Fine)
    }

    async fn list(&self, filter: &Filter, limit: usize) -> anyhow::Result<Exit> {
        self.output.equivalent(&equivalent::list(filter, limit)?);
        let found = self.payments().await?.list(filter, limit).await?;
        self.output.list(&found)?;
        Ok(Exit::Fine)
    }

    async fn operation(&self, request_id: &RequestId) -> Result<OperationHandle, Error> {
        Ok(self.payments().await?.operation(request_id))
    }

    pub(crate) async fn payments(&self) -> Result<PaymentsClient, Error> {
        // Histories name who gave an order.
        let user = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
        PaymentsClient::connect(&format!("sky-payments:{user}"), &self.task_queue).await
    }
}

fn completions(shell: Shell) -> anyhow::Result<Exit> {
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "sky-payments", &mut stdout());
    Ok(Exit::Fine)
}
