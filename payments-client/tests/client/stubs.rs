//! A worker with the real workflows, and stubs that do what the order's name says.

#![expect(
    dead_code,
    reason = "the macro makes constants that a worker does not use"
)]

use std::time::Duration;

use futures::future::join_all;
use payments_client::PaymentsClient;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use temporalio_sdk::{Runtime, Worker, WorkerOptions};
use workflows::activity_definitions::{
    AgreeTerms, CompleteMerchantAcquiring, FinalizeBilling, PaymentStatus, ProcessPaymentReversal,
};
use workflows::contract::ids::account_task_queue;
use workflows::contract::money::Money;
use workflows::contract::promises::Promises;
use workflows::contract::request::{InvalidRequest, PaymentRequest};
use workflows::operation::activity_input::{BillingInput, PartnerCall, SubmissionInput};
use workflows::operation::partner_report::{
    BillingReport, OperationState, Reported, Shown, Status, StatusReport, SubmissionReport,
};
use workflows::operation::schedule::Schedule;
use workflows::operation::terms::{AccountIdentity, Terms, TermsDecision, TermsInput};
use workflows::{ExtraPayment, PaymentReversal};

use crate::server::Server;

/// The accounts that the tests name. Each has a task queue of its own.
const ACCOUNTS: [&str; 6] = ["bishkek", "cut", "life", "many", "some", "two-operators"];

/// A request for 125.50 KGS.
pub(crate) fn request(request_id: &str, order_id: &str) -> PaymentRequest {
    let json = serde_json::json!({
        "request_id": request_id, "order_id": order_id, "amount": "125.5", "currency": "KGS",
    });
    PaymentRequest::parse(json.to_string().as_bytes()).unwrap()
}

/// Runs `test` while workers carry operations out.
pub(crate) async fn with_worker(
    server: &Server,
    task_queue: &str,
    test: impl AsyncFnOnce(PaymentsClient),
) {
    let client = server.client().await;
    let payments = PaymentsClient::new(client.clone(), task_queue);
    let runtime = Runtime::from_current_tokio(Default::default()).unwrap();
    let accounts = ACCOUNTS.map(|account| account_task_queue(task_queue, account));
    let queues = [task_queue.to_owned()].into_iter().chain(accounts);
    let mut workers: Vec<Worker> = queues
        .map(|queue| {
            let options = WorkerOptions::new(queue)
                .register_workflow::<ExtraPayment>()
                .unwrap()
                .register_workflow::<PaymentReversal>()
                .unwrap()
                .register_activities(Stubs)
                .build();
            Worker::new(&runtime, client.clone(), options).unwrap()
        })
        .collect();
    let stops: Vec<_> = workers.iter().map(Worker::shutdown_handle).collect();
    let running = join_all(workers.iter_mut().map(Worker::run));
    let (ran, ()) = tokio::join!(running, async {
        test(payments).await;
        stops.iter().for_each(|stop| stop());
    });
    ran.into_iter().for_each(|ran| ran.unwrap());
}

struct Stubs;

#[activities]
impl Stubs {
    #[activity(definition = AgreeTerms)]
    async fn agree_terms(
        _: ActivityContext,
        TermsInput { request, now, .. }: TermsInput,
    ) -> Result<TermsDecision, ActivityError> {
        if request.merchant.as_deref() == Some("unknown") {
            let invalid = InvalidRequest::new("merchant", "is not configured");
            return Ok(TermsDecision::Refused(invalid));
        }
        let merchant = request.merchant.unwrap_or_else(|| "bishkek".to_owned());
        let terms = Box::new(Terms {
            two_operators: merchant == "two-operators",
            merchant,
            identity: AccountIdentity {
                partner: "sky".to_owned(),
                partner_url: "https://partner.example/".to_owned(),
                merchant_id: "m-1".to_owned(),
            },
            chosen_by: "the request".to_owned(),
            promises: Promises {
                accepts_within: Some(Duration::ZERO),
                shows_within: Some(Duration::from_secs(1)),
                ..Promises::default()
            },
            fallback: None,
            has_fallen_back: false,
            callback_url: "https://gateway.example/v1/on_payment_completed".to_owned(),
            schedule: Schedule {
                first_check: Duration::from_secs(2),
                longest_pause: Duration::from_secs(2),
                ..Schedule::default()
            },
        });
        Ok(TermsDecision::Agreed { terms, at: now })
    }

    #[activity(definition = CompleteMerchantAcquiring)]
    async fn complete_merchant_acquiring(
        ctx: ActivityContext,
        input: SubmissionInput,
    ) -> Result<Reported<SubmissionReport>, ActivityError> {
        let report = match input.call.order_id.as_str() {
            "unsent" => SubmissionReport::NotConnected {
                reason: "connection refused".to_owned(),
            },
            _ => SubmissionReport::Answered(state(&input.call)),
        };
        Ok(reported(&ctx, report))
    }

    #[activity(definition = ProcessPaymentReversal)]
    async fn process_payment_reversal(
        ctx: ActivityContext,
        input: SubmissionInput,
    ) -> Result<Reported<SubmissionReport>, ActivityError> {
        Ok(reported(&ctx, SubmissionReport::Found(state(&input.call))))
    }

    #[activity(definition = PaymentStatus)]
    async fn payment_status(
        ctx: ActivityContext,
        call: PartnerCall,
    ) -> Result<Reported<StatusReport>, ActivityError> {
        Ok(reported(&ctx, StatusReport::Shown(state(&call))))
    }

    #[activity(definition = FinalizeBilling)]
    async fn finalize_billing(
        _: ActivityContext,
        input: BillingInput,
    ) -> Result<BillingReport, ActivityError> {
        Ok(BillingReport::Recorded {
            billing_document_id: format!("bill-{}", input.request_id),
        })
    }
}

fn reported<R>(ctx: &ActivityContext, report: R) -> Reported<R> {
    Reported::new(ctx.info().workflow_run_id.clone().unwrap(), report)
}

fn state(call: &PartnerCall) -> OperationState {
    let amount = match call.order_id.as_str() {
        "differs" => "1.00",
        _ => "125.50",
    };
    OperationState {
        request_id: call.request_id.to_string(),
        kind: Shown::Ours(call.kind),
        status: match call.order_id.as_str() {
            "completes" => Status::Completed,
            "declines" => Status::Declined {
                code: "unspecified".to_owned(),
            },
            _ => Status::Pending,
        },
        money: Shown::Ours(Money::parse(amount, "KGS").unwrap()),
        partner_payment_id: format!("pp-{}", call.request_id),
        updated_at: "2026-11-24T08:00:00Z".parse().unwrap(),
    }
}
