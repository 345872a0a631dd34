//! `expand[]`: ids in an answer that are replaced by the objects that they name.

use serde_json::Value;

use super::{books::Books, calls::Operation, refusal::Refusal};

/// Which ids of the answer to a call are expanded.
pub(super) struct Expansion {
    /// Whether it is about the objects of a list.
    in_list: bool,
    fields: Vec<&'static str>,
}

impl Expansion {
    pub(super) fn of(operation: Operation, paths: &[String]) -> Result<Expansion, Refusal> {
        let in_list = matches!(
            operation,
            Operation::ListPaymentIntents | Operation::ListRefunds
        );
        let known: &[&'static str] = match operation {
            Operation::CreateRefund | Operation::RetrieveRefund | Operation::ListRefunds => {
                &["charge", "payment_intent"]
            }
            Operation::CreateCustomer | Operation::AttachPaymentMethod => &[],
            _ => &["latest_charge", "customer", "payment_method"],
        };
        let field = |path: &String| {
            let name = if in_list {
                path.strip_prefix("data.")
            } else {
                Some(path.as_str())
            };
            let found = known.iter().find(|known| Some(**known) == name);
            found.copied().ok_or_else(|| {
                let message = format!("This property cannot be expanded ({path}).");
                Refusal::parameter("expand", &message)
            })
        };
        let fields = paths.iter().map(field).collect::<Result<_, _>>()?;
        Ok(Expansion { in_list, fields })
    }

    pub(super) fn apply(&self, books: &Books, answer: &mut Value) {
        if self.in_list {
            let rows = answer.get_mut("data").and_then(Value::as_array_mut);
            for row in rows.into_iter().flatten() {
                self.apply_to_object(books, row);
            }
        } else {
            self.apply_to_object(books, answer);
        }
    }

    fn apply_to_object(&self, books: &Books, object: &mut Value) {
        for field in &self.fields {
            let value = &mut object[field];
            if let Some(expanded) = value.as_str().and_then(|id| books.show(id)) {
                *value = expanded;
            }
        }
    }
}
