//! The callbacks that are sent.

use std::sync::atomic::{AtomicI64, Ordering};

use callback_token::CallbackSecret;
use jiff::{SignedDuration, Timestamp};
use workflows::contract::ids::RequestId;

/// Makes one callback after the other.
pub(crate) struct Requests {
    secret: CallbackSecret,
    workflows: usize,
    begun: Timestamp,
    made: AtomicI64,
    /// With another request's token.
    pub(crate) forbidden: Vec<u8>,
    /// With a body that is no JSON.
    pub(crate) malformed: Vec<u8>,
}

/// The operation that a workflow of this number carries out.
pub(crate) fn request_id(workflow: usize) -> RequestId {
    RequestId::parse(&format!("load-{workflow}")).unwrap()
}

impl Requests {
    pub(crate) fn new(secret: &[u8], workflows: usize) -> Requests {
        let secret = CallbackSecret::new("load", secret).unwrap();
        let begun = Timestamp::now();
        // Valid except for the request id that it was issued for: no refusal costs more.
        let token = secret.issue(&request_id(0), begun);
        let other = request_id(1);
        Requests {
            forbidden: post(&token, &format!(r#"{{"request_id":"{other}"}}"#)),
            malformed: post(&token, &format!(r#"{{"request_id":"{other}",}}"#)),
            secret,
            workflows,
            begun,
            made: AtomicI64::new(0),
        }
    }

    /// A valid one for the next workflow. Each token was issued in a different second, so that no
    /// two callbacks of a workflow are the same signal to Temporal.
    pub(crate) fn good(&self) -> Vec<u8> {
        let (workflow, before) = self.next();
        let request_id = request_id(workflow);
        let token = self
            .secret
            .issue(&request_id, self.begun - SignedDuration::from_secs(before));
        post(&token, &format!(r#"{{"request_id":"{request_id}"}}"#))
    }

    /// The workflow whose turn it is.
    pub(crate) fn next_workflow(&self) -> RequestId {
        request_id(self.next().0)
    }

    fn next(&self) -> (usize, i64) {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let workflows = i64::try_from(self.workflows).unwrap();
        (usize::try_from(made % workflows).unwrap(), made / workflows)
    }
}

fn post(token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /v1/on_payment_completed?token={token} HTTP/1.1\r\nHost: gateway\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
