//! A worker with the real workflows, and stubs that do what the order's name says.

#![expect(
    dead_code,
    reason = "the macro makes constants that a worker does not use"
)]

use std::time::Duration;

use payments_client::PaymentsClient;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use temporalio_sdk::{Runtime, Worker, WorkerOptions};
use workflows::activity_definitions::{
    AgreeTerms, CompleteMerchantAcquiring, FinalizeBilling, PaymentStatus, ProcessPaymentReversal,
};
use workflows::contract::money::Money;
use workflows::contract::request::InvalidRequest;
use workflows::operation::activity_input::{BillingInput, PartnerCall, SubmissionInput};
use workflows::operation::partner_report::{
    BillingReport, OperationState, Reported, Shown, Status, StatusReport, SubmissionReport,
};
use workflows::operation::schedule::Schedule;
use workflows::operation::terms::{AccountIdentity, Terms, TermsDecision, TermsInput};
use workflows::{ExtraPayment, PaymentReversal};

use crate::server::Server;

/// Runs `test` while a worker carries operations out.
pub(crate) async fn with_worker(
    server: &Server,
    task_queue: &str,
    test: impl AsyncFnOnce(PaymentsClient),
) {
    let client = server.client().await;
    let payments = PaymentsClient::new(client.clone(), task_queue);
    let options = WorkerOptions::new(task_queue)
        .register_workflow::<ExtraPayment>()
        .unwrap()
        .register_workflow::<PaymentReversal>()
        .unwrap()
        .register_activities(Stubs)
        .build();
    let runtime = Runtime::from_current_tokio(Default::default()).unwrap();
    let mut worker = Worker::new(&runtime, client, options).unwrap();
    let stop = worker.shutdown_handle();
    let (ran, ()) = tokio::join!(worker.run(), async {
        test(payments).await;
        stop();
    });
    ran.unwrap();
}

struct Stubs;

#[activities]
impl Stubs {
    #[activity(definition = AgreeTerms)]
    async fn agree_terms(
        _: ActivityContext,
        TermsInput { request, .. }: TermsInput,
    ) -> Result<TermsDecision, ActivityError> {
        if request.merchant.as_deref() == Some("unknown") {
            let invalid = InvalidRequest::new("merchant", "is not configured");
            return Ok(TermsDecision::Refused(invalid));
        }
        let merchant = request.merchant.unwrap_or_else(|| "bishkek".to_owned());
        Ok(TermsDecision::Agreed(Terms {
            two_operators: merchant == "two-operators",
            merchant,
            identity: AccountIdentity {
                partner: "sky".to_owned(),
                partner_url: "https://partner.example/".to_owned(),
                merchant_id: "m-1".to_owned(),
            },
            callback_url: "https://gateway.example/v1/on_payment_completed".to_owned(),
            schedule: Schedule {
                first_check: Duration::from_secs(2),
                longest_pause: Duration::from_secs(2),
                visibility_delay: Duration::from_secs(1),
                ..Schedule::default()
            },
        }))
    }

    #[activity(definition = CompleteMerchantAcquiring)]
    async fn complete_merchant_acquiring(
        ctx: ActivityContext,
        input: SubmissionInput,
    ) -> Result<Reported<SubmissionReport>, ActivityError> {
        Ok(reported(
            &ctx,
            SubmissionReport::Answered(state(&input.call)),
        ))
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
