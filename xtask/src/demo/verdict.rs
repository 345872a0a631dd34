//! Whether the money went where it should have gone. Amounts are compared as the text that they
//! are.

use harness::{Document, LedgerEntry};
use serde_json::Value;

use super::operation::{CURRENCY, Kind, Operation};
use super::word;

/// What everybody says about an operation after its end.
pub(crate) struct Evidence {
    pub(crate) operation: &'static Operation,
    /// The partner's movements of money.
    pub(crate) ledger: Vec<LedgerEntry>,
    /// Billing's records.
    pub(crate) documents: Vec<Document>,
    /// How many events the workflow's history has.
    pub(crate) history_events: String,
    /// The workflow's result.
    pub(crate) outcome: Value,
}

impl Evidence {
    /// What is not as it must be, a sentence each.
    pub(crate) fn differences(&self) -> Vec<String> {
        let completed = self.operation.decline_code.is_none();
        let in_billing = completed && self.operation.kind == Kind::ExtraPayment;
        let mut differences = self.outcome_differences();
        match self.ledger.as_slice() {
            [] if !completed => {}
            [entry] if completed && self.agrees_with_entry(entry) => {}
            entries => differences.push(format!("the partner's ledger holds {entries:?}")),
        }
        match self.documents.as_slice() {
            [] if !in_billing => {}
            [document] if in_billing && self.agrees_with_document(document) => {}
            documents => differences.push(format!("billing holds {documents:?}")),
        }
        differences
    }

    fn outcome_differences(&self) -> Vec<String> {
        let Operation {
            request_id,
            order_id,
            amount,
            decline_code,
            ..
        } = self.operation;
        let expected = [
            ("outcome", self.operation.expected_outcome()),
            ("request_id", request_id),
            ("order_id", order_id),
            ("amount", amount),
            ("currency", CURRENCY),
            ("decline_code", decline_code.unwrap_or_default()),
        ];
        let wrong = expected
            .into_iter()
            .filter(|&(field, value)| word(&self.outcome, field) != value);
        wrong
            .map(|(field, value)| {
                let found = &self.outcome[field];
                format!("the outcome's {field} is {found} instead of {value:?}")
            })
            .collect()
    }

    fn agrees_with_entry(&self, entry: &LedgerEntry) -> bool {
        let operation = self.operation;
        *entry
            == LedgerEntry {
                kind: operation.kind.ledger_kind().to_owned(),
                order_id: operation.order_id.to_owned(),
                request_id: operation.request_id.to_owned(),
                partner_payment_id: word(&self.outcome, "partner_payment_id").to_owned(),
                amount: operation.amount.to_owned(),
                currency: CURRENCY.to_owned(),
            }
    }

    fn agrees_with_document(&self, document: &Document) -> bool {
        let operation = self.operation;
        *document
            == Document {
                billing_document_id: word(&self.outcome, "billing_document_id").to_owned(),
                order_id: operation.order_id.to_owned(),
                request_id: operation.request_id.to_owned(),
                amount: operation.amount.to_owned(),
                currency: CURRENCY.to_owned(),
                completed_at: word(&self.outcome, "completed_at").to_owned(),
                // A repeat does no harm: billing keeps one record per request.
                repeats: document.repeats,
            }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::operation::OPERATIONS;
    use super::*;

    fn extra_payment() -> Evidence {
        let operation = &OPERATIONS[0];
        let [request_id, order_id] = [operation.request_id, operation.order_id].map(str::to_owned);
        Evidence {
            operation,
            ledger: vec![LedgerEntry {
                kind: "PAYMENT".to_owned(),
                order_id: order_id.clone(),
                request_id: request_id.clone(),
                partner_payment_id: "pp-1".to_owned(),
                amount: "125.50".to_owned(),
                currency: "KGS".to_owned(),
            }],
            documents: vec![Document {
                billing_document_id: "bd-1".to_owned(),
                order_id: order_id.clone(),
                request_id: request_id.clone(),
                amount: "125.50".to_owned(),
                currency: "KGS".to_owned(),
                completed_at: "2026-11-24T08:00:00Z".to_owned(),
                repeats: 0,
            }],
            history_events: "40".to_owned(),
            outcome: json!({
                "outcome": "completed", "request_id": request_id, "order_id": order_id,
                "amount": "125.50", "currency": "KGS", "merchant": "kg-main",
                "partner_payment_id": "pp-1", "billing_document_id": "bd-1",
                "completed_at": "2026-11-24T08:00:00Z",
            }),
        }
    }

    #[test]
    fn one_movement_and_one_record_are_right() {
        assert_eq!(extra_payment().differences(), [""; 0]);
    }

    #[test]
    fn a_second_charge_and_a_missing_record_are_told() {
        let mut evidence = extra_payment();
        evidence.ledger.push(evidence.ledger[0].clone());
        evidence.documents.clear();
        let [ledger, documents] = evidence.differences().try_into().unwrap();
        assert!(ledger.starts_with("the partner's ledger holds ["));
        assert_eq!(documents, "billing holds []");
    }

    #[test]
    fn another_amount_or_another_name_is_told() {
        let mut evidence = extra_payment();
        evidence.outcome["amount"] = json!("125.5");
        evidence.ledger[0].partner_payment_id = "pp-2".to_owned();
        let [outcome, ledger] = evidence.differences().try_into().unwrap();
        assert_eq!(
            outcome,
            r#"the outcome's amount is "125.5" instead of "125.50""#
        );
        assert!(ledger.contains("pp-2"));
    }

    #[test]
    fn a_declined_payment_moves_nothing() {
        let mut evidence = extra_payment();
        evidence.operation = &OPERATIONS[3];
        assert_eq!(evidence.operation.decline_code, Some("insufficient_funds"));
        let differences = evidence.differences();
        assert!(differences.iter().any(|told| told.contains("outcome is")));
        assert!(differences.iter().any(|told| told.contains("ledger")));
        assert!(differences.iter().any(|told| told.contains("billing")));
    }
}
