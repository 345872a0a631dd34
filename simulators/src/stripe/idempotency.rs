//! Idempotency keys: the first answer is recorded and replayed.

use std::collections::HashMap;

use axum::http::StatusCode;
use serde_json::json;

use super::{form::Form, refusal::Refusal};
use crate::misbehaviour::Answer;

/// What a key was first used for.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) key: String,
    /// The method and the path.
    pub(super) endpoint: String,
    pub(super) parameters: Form,
}

/// What becomes of a call with a key.
#[derive(Debug)]
pub(super) enum Begun {
    /// It is the first one: it must be followed by `save` or `release`.
    New,
    /// It was answered before, with this.
    Replay(Answer),
}

#[derive(Debug, Default)]
pub(super) struct IdempotencyKeys {
    by_key: HashMap<String, Known>,
}

#[derive(Debug)]
struct Known {
    endpoint: String,
    parameters: Form,
    /// None while the first call runs.
    answer: Option<Answer>,
}

impl IdempotencyKeys {
    /// Begins a call with a key, which may be known already.
    pub(super) fn begin(&mut self, used: &Use) -> Result<Begun, Refusal> {
        if used.key.is_empty() || used.key.chars().count() > 255 {
            return Err(Refusal::invalid(
                "An idempotency key has 1 to 255 characters.",
            ));
        }
        let Some(known) = self.by_key.get(&used.key) else {
            let known = Known {
                endpoint: used.endpoint.clone(),
                parameters: used.parameters.clone(),
                answer: None,
            };
            self.by_key.insert(used.key.clone(), known);
            return Ok(Begun::New);
        };
        if known.endpoint != used.endpoint {
            return Err(other_use("for the same endpoint they were first used for"));
        }
        if known.parameters != used.parameters {
            return Err(other_use(
                "with the same parameters they were first used with",
            ));
        }
        match &known.answer {
            Some(answer) => Ok(Begun::Replay(answer.clone())),
            None => {
                let message = "There is currently another in-progress request using this \
                               idempotency key.";
                let code = json!("idempotency_key_in_use");
                let status = StatusCode::CONFLICT;
                Err(Refusal::new(status, "idempotency_error", message).with("code", code))
            }
        }
    }

    /// Records the answer to the first call.
    pub(super) fn save(&mut self, key: &str, answer: &Answer) {
        if let Some(known) = self.by_key.get_mut(key) {
            known.answer = Some(answer.clone());
        }
    }

    /// Forgets the first call, since its execution never began.
    pub(super) fn release(&mut self, key: &str) {
        self.by_key.remove(key);
    }

    /// Forgets every key, as after 24 hours.
    pub(super) fn forget(&mut self) {
        self.by_key.retain(|_, known| known.answer.is_none());
    }
}

fn other_use(how: &str) -> Refusal {
    let message = format!("Keys for idempotent requests can only be used {how}.");
    Refusal::new(StatusCode::BAD_REQUEST, "idempotency_error", &message)
}
