//! Performs a call at most once for each idempotency key, and records its answer.

use std::sync::Arc;

use tokio::{task::JoinHandle, time::sleep};

use super::{
    calls::{Call, Operation},
    execution::execute,
    fault::Fault,
    form::Form,
    idempotency::{Begun, Use},
    origin::Origin,
    refusal::Refusal,
    shared::Stripe,
};
use crate::misbehaviour::Answer;

/// A call that passed the checks before its execution.
pub(super) struct Sent {
    pub(super) call: Call,
    pub(super) form: Form,
    /// Its idempotency key, if it has one.
    pub(super) used: Option<Use>,
    pub(super) origin: Origin,
}

/// What became of a call.
pub(super) struct Done {
    /// The correct answer; none if it was not executed.
    pub(super) answer: Option<Answer>,
    pub(super) replayed: bool,
    /// Deliveries that the answer has to wait for.
    pub(super) awaited: Vec<JoinHandle<()>>,
}

impl Done {
    pub(super) fn not_executed() -> Done {
        Done {
            answer: None,
            replayed: false,
            awaited: Vec::new(),
        }
    }

    pub(super) fn answered(answer: Answer) -> Done {
        Done {
            answer: Some(answer),
            ..Done::not_executed()
        }
    }

    pub(super) fn refused(refusal: Refusal) -> Done {
        Done::answered(refusal.answer())
    }
}

/// Performs the call, or replays its answer.
pub(super) async fn perform(stripe: &Arc<Stripe>, sent: Sent, fault: Option<&Fault>) -> Done {
    let begun = match &sent.used {
        Some(used) => stripe.books().idempotency.begin(used),
        None => Ok(Begun::New),
    };
    match begun {
        Ok(Begun::New) => {}
        Ok(Begun::Replay(answer)) => {
            return Done {
                replayed: true,
                ..Done::answered(answer)
            };
        }
        Err(refusal) => return Done::refused(refusal),
    }
    if let Some(answer) = fault.and_then(Fault::saved_answer) {
        return answer_otherwise(stripe, sent, fault, answer);
    }
    let object = sent.object();
    let takes = fault.and_then(|fault| fault.takes);
    {
        let mut books = stripe.books();
        if object.as_ref().is_some_and(|id| books.locked.contains(id)) {
            if let Some(used) = &sent.used {
                books.idempotency.release(&used.key);
            }
            return Done::refused(Refusal::locked());
        }
        if takes.is_some() {
            books.locked.extend(object.clone());
        }
    }
    sleep(takes.unwrap_or_default()).await;
    let (answer, awaited) = stripe.change(|books| {
        if let Some(object) = object.filter(|_| takes.is_some()) {
            books.locked.remove(&object);
        }
        let (answer, is_saved) = execute(books, &sent.call, sent.form, &sent.origin.now());
        match &sent.used {
            Some(used) if is_saved => books.idempotency.save(&used.key, &answer),
            Some(used) => books.idempotency.release(&used.key),
            None => {}
        }
        answer
    });
    Done {
        awaited,
        ..Done::answered(answer)
    }
}

/// Saves another answer than the execution's, which takes place now, later or never.
fn answer_otherwise(
    stripe: &Arc<Stripe>,
    mut sent: Sent,
    fault: Option<&Fault>,
    answer: Answer,
) -> Done {
    if let Some(used) = sent.used.take() {
        stripe.books().idempotency.save(&used.key, &answer);
    }
    let carry_out = move |stripe: &Arc<Stripe>| {
        stripe.change(|books| execute(books, &sent.call, sent.form, &sent.origin.now()))
    };
    if let Some(later) = fault.and_then(|fault| fault.rolls_forward_after) {
        let stripe = Arc::clone(stripe);
        tokio::spawn(async move {
            sleep(later).await;
            carry_out(&stripe);
        });
    } else if fault.is_some_and(|fault| fault.executed) {
        carry_out(stripe);
    }
    Done::answered(answer)
}

impl Sent {
    /// The object that the execution holds, so that no other call changes it meanwhile.
    fn object(&self) -> Option<String> {
        match self.call.operation {
            Operation::ConfirmPaymentIntent | Operation::CancelPaymentIntent => {
                Some(self.call.id.clone())
            }
            Operation::CreateRefund => self.form.peek("payment_intent").map(str::to_owned),
            _ => None,
        }
    }
}
