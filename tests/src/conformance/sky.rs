//! Sky, as our simulator plays it.

use serde_json::{Value, json};

use crate::conformance::back_end::{BackEnd, Staged};
use crate::conformance::trouble::{Loss, Trouble};
use crate::{Builder, LedgerEntry, Operation, Stack};

/// Our simulator of Sky, which every stack has. It charges again for each submission that it takes.
pub struct AtSky;

impl BackEnd for AtSky {
    const NAME: &'static str = "Sky";
    const MERCHANT: &'static str = "kg-main";
    const DECLINE_CODE: &'static str = "insufficient_funds";

    fn add_to(&self, builder: Builder) -> Builder {
        builder.default_scenario(
            json!({ "completes_after": "100ms", "second_submission": "charges_again" }),
        )
    }

    async fn stage(
        &self,
        stack: &Stack,
        operation: Operation,
        paid: &str,
        trouble: Trouble,
    ) -> anyhow::Result<Staged> {
        let scenario = match scenario(trouble) {
            Ok(scenario) => scenario,
            Err(why) => return Ok(Staged::Impossible(why)),
        };
        let (order_id, currency) = (&operation.order_id, &operation.currency);
        let (partner, id) = (stack.partner(), &operation.request_id);
        partner.create_order(order_id, paid, currency).await?;
        partner.set_custom_scenario(id, scenario).await?;
        Ok(Staged::For(operation))
    }

    async fn ledger(&self, stack: &Stack, request_id: &str) -> anyhow::Result<Vec<LedgerEntry>> {
        stack.partner().ledger(request_id).await
    }
}

fn scenario(trouble: Trouble) -> Result<Value, &'static str> {
    let fault = |fault: Value| json!({ "faults": [fault] });
    let lost = |loss: Loss, executed: bool| json!({ "on": "submit", "kind": loss.fault_kind(), "executed": executed });
    Ok(match trouble {
        Trouble::None | Trouble::MoreThanWasPaid => json!({}),
        Trouble::Declines => json!({ "decline": "insufficient_funds" }),
        Trouble::CompletesLate => json!({ "completes_after": "3s" }),
        Trouble::DeclinesLate => {
            json!({ "completes_after": "3s", "decline": "insufficient_funds" })
        }
        Trouble::UnknownStatus => fault(json!({ "on": "submit", "kind": "unknown_status" })),
        Trouble::AnswerLost(loss) => fault(lost(loss, true)),
        Trouble::SubmissionLost(loss) => fault(lost(loss, false)),
        Trouble::ArrivesLate => {
            json!({ "executes_after": "800ms", "faults": [lost(Loss::Reset, true)] })
        }
        Trouble::ShownLate => json!({
            "status_lag": "3s", "callback": { "when": "never" },
            "faults": [lost(Loss::Reset, true)],
        }),
        Trouble::RateLimited => {
            let kind = json!({ "status": 429, "retry_after": 2, "body": "html" });
            fault(json!({ "on": "submit", "kind": kind }))
        }
        Trouble::DeniesAccess => {
            let kind = json!({ "status": 401, "code": "key_unknown", "body": "json" });
            fault(json!({ "on": "submit", "kind": kind, "times": 6 }))
        }
        Trouble::Refuses => {
            let kind = json!({ "status": 422, "code": "card_missing", "body": "json" });
            fault(json!({ "on": "submit", "kind": kind, "times": 0 }))
        }
        Trouble::AnotherAmount => {
            let lie = |on: &str| json!({ "on": on, "kind": "other_amount", "times": 0 });
            json!({ "faults": [lie("submit"), lie("status")] })
        }
        Trouble::FailsAfterwards => json!({ "final_answer_flips": true }),
        Trouble::NoCallback => {
            json!({ "completes_after": "3s", "callback": { "when": "never" } })
        }
        Trouble::CallbackFirst => json!({ "callback": { "when": "before_answer" } }),
        Trouble::CallbackRepeated => {
            json!({ "completes_after": "1s", "callback": { "times": 5, "concurrent": true } })
        }
        Trouble::AmountWithoutForm => return Err("its units are those of ISO 4217"),
        Trouble::CurrencyNotTaken => return Err("it is asked whether it takes a currency"),
        Trouble::NoReference => return Err("it knows orders"),
    })
}
