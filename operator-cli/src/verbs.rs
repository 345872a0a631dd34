//! One function per verb.

use std::time::Duration;

use clap::CommandFactory;
use clap_complete::Shell;
use payments_client::{Error, OperationHandle, PaymentsClient};
use traces::traced;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::request::PaymentRequest;

use crate::arguments::{Arguments, Chosen, Consent, Insistence, Request, Target, Verb};
use crate::exit::Exit;
use crate::order::Order;
use crate::output::Output;
use crate::terminal::{complain, print_script};
use crate::{equivalent, explain, list, many, one, reconcile, show, waiting};

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
        Verb::Show(it) => show::show(&desk, &it.request_id).await,
        Verb::Explain(target) => explain::explain(&desk, target.chosen()?).await,
        Verb::Resolve {
            target,
            consent,
            insistence,
            resolution,
        } => {
            let order = Order::Resolve(resolution.read()?);
            desk.order(target, consent, insistence, order).await
        }
        Verb::Approve {
            target,
            consent,
            insistence,
            approval,
        } => {
            let order = Order::Approve(approval);
            desk.order(target, consent, insistence, order).await
        }
        Verb::Withdraw {
            target,
            consent,
            withdrawal,
        } => {
            let order = Order::Withdraw(withdrawal.read()?);
            desk.order(target, consent, Insistence::default(), order)
                .await
        }
        Verb::CheckNow { target, consent } => {
            desk.order(target, consent, Insistence::default(), Order::CheckNow)
                .await
        }
        Verb::List {
            selection,
            limit,
            sums,
        } => list::list(&desk, &selection, limit, sums).await,
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

    /// With what Temporal knows by itself: that shows also while no worker runs, and tells one that
    /// was cut off in a phase from one that is in it.
    async fn status(&self, request_id: &RequestId) -> anyhow::Result<Exit> {
        self.output.equivalent(&equivalent::status(request_id));
        let handle = self.operation(request_id).await?;
        let state = handle.state().await;
        let description = handle.describe().await?;
        if !self.output.is_json() {
            self.output.description(&description)?;
            let words = explain::ended_in_words(&description, None);
            words.iter().try_for_each(|line| self.output.line(line))?;
        }
        match (state, description.is_open()) {
            (Ok(state), _) => self.output.state(&state, description.status)?,
            (Err(error), true) => return Err(error.into()),
            // Some ends leave nothing that a worker could tell.
            (Err(_), false) => self.output.status(description.status)?,
        }
        Ok(Exit::Fine)
    }

    async fn result(&self, request_id: &RequestId) -> anyhow::Result<Exit> {
        self.output.equivalent(&equivalent::result(request_id));
        let end = self.operation(request_id).await?.result().await;
        let exit = Exit::of_end(&end);
        match end {
            Ok(outcome) => self.output.outcome(&outcome)?,
            Err(error) => complain(&format_args!("error: {request_id}: {error}")),
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
        self.output.cancelled(request_id)?;
        Ok(Exit::Fine)
    }

    async fn order(
        &self,
        target: Target,
        consent: Consent,
        insistence: Insistence,
        order: Order,
    ) -> anyhow::Result<Exit> {
        match target.chosen()? {
            Chosen::One(request_id) => one::give(self, &request_id, order, insistence).await,
            Chosen::Many(selection) => many::give(self, order, &selection, consent.confirm).await,
        }
    }

    pub(crate) async fn operation(&self, request_id: &RequestId) -> Result<OperationHandle, Error> {
        Ok(self.payments().await?.operation(request_id))
    }

    pub(crate) async fn payments(&self) -> Result<PaymentsClient, Error> {
        PaymentsClient::connect_with(&caller(), &self.task_queue, traced).await
    }

    /// For orders that were confirmed though they go against advice.
    pub(crate) async fn payments_against_advice(&self) -> Result<PaymentsClient, Error> {
        let caller = format!("{}, against advice", caller());
        PaymentsClient::connect_with(&caller, &self.task_queue, traced).await
    }
}

/// Histories name who gave an order.
fn caller() -> String {
    let user = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    format!("sky-payments:{user}")
}

fn completions(shell: Shell) -> anyhow::Result<Exit> {
    let mut command = Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "sky-payments", &mut script);
    print_script(&script)?;
    Ok(Exit::Fine)
}
