//! Extra payments as PaymentIntents. Confirming one by the id that was prepared charges the card at
//! most once. When in doubt it is cancelled: only `succeeded` is completed, and only `canceled` is
//! declined.

use workflows::operation::activity_input::PartnerCall;
use workflows::operation::partner_report::{StatusReport, SubmissionReport};

use super::answer::Answer;
use super::call::{CANCEL_PAYMENT, CONFIRM_PAYMENT, Call, RETRIEVE_PAYMENT, idempotency_key};
use super::client::Client;
use super::wire::{self, PaymentIntent, PaymentStatus};
use crate::partner::Submission;

pub(super) const INTENTS: &str = "payment_intents";
const EXPAND_CHARGE: (&str, &str) = ("expand[]", "latest_charge");

/// Charges the card. The rider is not there.
pub(super) async fn confirm(
    client: &Client,
    submission: &Submission<'_>,
    id: &str,
    off_session: bool,
) -> SubmissionReport {
    let call = submission.call();
    if let Some(report) = submission.is_too_late() {
        return report;
    }
    if client.should_ask_first() {
        match retrieve(client, call, id).await {
            Answer::Got(_) => {}
            other => return other.nothing_sent(),
        }
        if let Some(report) = submission.is_too_late() {
            return report;
        }
    }
    let fields = [EXPAND_CHARGE, ("off_session", "true")];
    let confirm = Call {
        name: CONFIRM_PAYMENT,
        path: &[INTENTS, id, "confirm"],
        fields: if off_session { &fields } else { &fields[..1] },
        timeout: call.request_timeout,
    };
    let (key, last_moment) = (idempotency_key(call, "confirm"), submission.last_moment());
    let answer = client
        .post_until(confirm, &key, last_moment, wire::payment_intent)
        .await;
    let status = match answer {
        Answer::Got(intent) => settle(client, call, intent, true).await,
        Answer::Declined(error) => give_up(client, call, id, Some(error.code())).await,
        // A recording, or a PaymentIntent that is past confirming: its status now decides.
        Answer::Replayed(_) | Answer::UnexpectedState => status_of(client, call, id, true).await,
        other => return other.not_done(),
    };
    match status {
        StatusReport::Shown(state) => SubmissionReport::Answered(state),
        StatusReport::NoAnswer { reason, .. } => SubmissionReport::Open { reason },
        StatusReport::NotFound | StatusReport::NothingMoved | StatusReport::AccessDenied(_) => {
            SubmissionReport::Open {
                reason: "it was confirmed, and can't be read".to_owned(),
            }
        }
    }
}

/// Asks how a PaymentIntent stands. If it may have been confirmed and can't become paid by itself, it
/// is cancelled.
pub(super) async fn status(client: &Client, call: &PartnerCall) -> StatusReport {
    match &call.partner_payment_id {
        Some(id) => status_of(client, call, id, call.may_have_been_sent).await,
        // It is confirmed only by an id that was recorded before.
        None => StatusReport::NothingMoved,
    }
}

async fn status_of(
    client: &Client,
    call: &PartnerCall,
    id: &str,
    may_be_confirmed: bool,
) -> StatusReport {
    match retrieve(client, call, id).await {
        Answer::Got(intent) => settle(client, call, intent, may_be_confirmed).await,
        other => other.no_status(),
    }
}

/// What a PaymentIntent's status means now. One that only waits for somebody is given up.
async fn settle(
    client: &Client,
    call: &PartnerCall,
    intent: PaymentIntent,
    may_be_confirmed: bool,
) -> StatusReport {
    match intent.status {
        PaymentStatus::RequiresPaymentMethod
        | PaymentStatus::RequiresConfirmation
        | PaymentStatus::RequiresAction => {
            if may_be_confirmed {
                give_up(client, call, &intent.id, intent.decline_code()).await
            } else {
                StatusReport::NothingMoved
            }
        }
        PaymentStatus::Processing
        | PaymentStatus::Succeeded
        | PaymentStatus::Canceled
        | PaymentStatus::Unknown(_) => shown(&intent, None),
    }
}

/// Cancels it, and lets its status decide: a confirmation may have been faster. The decline code was
/// read before, since cancelling clears it.
async fn give_up(
    client: &Client,
    call: &PartnerCall,
    id: &str,
    declined: Option<String>,
) -> StatusReport {
    let cancel = Call {
        name: CANCEL_PAYMENT,
        path: &[INTENTS, id, "cancel"],
        fields: &[],
        timeout: call.request_timeout,
    };
    // No key: a second cancellation does nothing, and a recording would not tell the status.
    let cancelled = client.post(cancel, None, wire::payment_intent).await;
    match retrieve(client, call, id).await {
        Answer::Got(intent) => match intent.status {
            PaymentStatus::RequiresPaymentMethod
            | PaymentStatus::RequiresConfirmation
            | PaymentStatus::RequiresAction => {
                // What is not cancelled may still be paid: that is not silence.
                let reason = cancelled.reason();
                StatusReport::not_asked(format!("it could not be cancelled yet: {reason}"), None)
            }
            _ => shown(&intent, declined),
        },
        other => other.no_status(),
    }
}

pub(super) async fn retrieve(
    client: &Client,
    call: &PartnerCall,
    id: &str,
) -> Answer<PaymentIntent> {
    let retrieve = Call {
        name: RETRIEVE_PAYMENT,
        path: &[INTENTS, id],
        fields: &[EXPAND_CHARGE],
        timeout: call.request_timeout,
    };
    client.get(retrieve, wire::payment_intent).await
}

fn shown(intent: &PaymentIntent, declined: Option<String>) -> StatusReport {
    match intent.state(declined) {
        Some(state) => StatusReport::Shown(state),
        None => unreadable().no_status(),
    }
}

pub(super) fn unreadable() -> Answer<()> {
    Answer::Unclear("HTTP 200 with a date that is none".to_owned())
}
