//! What is read of an event: which workflow it may wake. Nothing else of it is believed, kept or
//! logged.

use strict_json::JsonObject;
use utoipa::ToSchema;
use workflows::contract::ids::RequestId;

use crate::answer::Answer;

/// The types that wake a workflow, with the kind of object that they are about.
/// `charge.refunded` is not among them: it carries the metadata of the payment, not of the refund.
const WAKING: [(&str, &str); 7] = [
    ("payment_intent.succeeded", "payment_intent"),
    ("payment_intent.payment_failed", "payment_intent"),
    ("payment_intent.canceled", "payment_intent"),
    ("payment_intent.processing", "payment_intent"),
    ("refund.created", "refund"),
    ("refund.updated", "refund"),
    ("refund.failed", "refund"),
];

/// The longest id of an object at Stripe.
const LONGEST_ID: usize = 255;

/// An event that wakes a workflow. Of its object, the metadata `request_id` is read; other fields
/// are ignored.
#[derive(Debug, ToSchema)]
pub struct Event {
    /// Stripe's id of the event, the same in all repeats: 1 to 255 of `A-Z a-z 0-9 _`.
    #[schema(pattern = "^[A-Za-z0-9_]{1,255}$", example = "evt_1Q7a2b")]
    pub id: String,
    /// The payment or reversal whose object it is about.
    #[schema(ignore)]
    pub request_id: RequestId,
}

impl Event {
    /// Parses a signed body. If `livemode` is given, events of the other mode wake nobody.
    pub fn parse(body: &[u8], livemode: Option<bool>) -> Result<Event, Answer> {
        let mut event = JsonObject::parse(body)?;
        let id = event.required("id")?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !(1..=LONGEST_ID).contains(&id.len()) || !id.bytes().all(allowed) {
            return Err(Answer::Malformed);
        }
        if livemode.is_some() && event.flag("livemode") != livemode {
            return Err(Answer::OtherMode);
        }
        let mut object = event
            .object("data")
            .and_then(|mut data| data.object("object"))
            .ok_or(Answer::OtherEvent)?;
        let (kind, about) = (text(&mut event, "type"), text(&mut object, "object"));
        if !WAKING.contains(&(kind.as_str(), about.as_str())) {
            return Err(Answer::OtherEvent);
        }
        let metadata = object.object("metadata");
        let request_id = metadata.map(|mut metadata| text(&mut metadata, "request_id"));
        let request_id = RequestId::parse(&request_id.unwrap_or_default());
        Ok(Event {
            id,
            request_id: request_id.map_err(|_| Answer::NotOurs)?,
        })
    }
}

/// A text, empty if there is none.
fn text(object: &mut JsonObject, key: &str) -> String {
    object.optional(key).ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUND: &str = r#"{"id":"evt_1","object":"event","livemode":true,"type":"refund.failed",
        "data":{"object":{"id":"re_1","object":"refund","metadata":{"request_id":"r-1"}}}}"#;

    fn read(body: &str) -> Result<(String, String), Answer> {
        let event = Event::parse(body.as_bytes(), Some(true))?;
        Ok((event.id, event.request_id.to_string()))
    }

    fn with(old: &str, new: &str) -> Result<(String, String), Answer> {
        assert!(REFUND.contains(old), "{old:?} stands in no event");
        read(&REFUND.replacen(old, new, 1))
    }

    #[test]
    fn the_types_that_matter_wake_the_request_of_their_own_object() {
        let ours = Ok(("evt_1".to_owned(), "r-1".to_owned()));
        for (kind, object) in WAKING {
            let body = REFUND.replace("refund.failed", kind);
            let body = body.replace(r#""object":"refund""#, &format!(r#""object":"{object}""#));
            assert_eq!(read(&body), ours, "{kind}");
        }
        assert_eq!(with(r#"{"request_id""#, r#"{"a":"b","request_id""#), ours);
        assert!(Event::parse(REFUND.as_bytes(), None).is_ok());
    }

    #[test]
    fn what_is_about_something_else_wakes_nobody() {
        let other = Err(Answer::OtherEvent);
        for kind in [
            "charge.refunded",
            "payment_intent.created",
            "",
            "Refund.failed",
        ] {
            assert_eq!(with("refund.failed", kind), other, "{kind:?}");
        }
        for object in ["charge", "payment_intent", "event", ""] {
            let object = format!(r#""object":"{object}""#);
            assert_eq!(with(r#""object":"refund""#, &object), other, "{object:?}");
        }
        assert_eq!(with(r#""type":"refund.failed""#, r#""type":7"#), other);
        assert_eq!(with(r#""data""#, r#""related_object""#), other);
        let live = Event::parse(REFUND.as_bytes(), Some(false)).err();
        assert_eq!(live, Some(Answer::OtherMode));
        for (old, new) in [(":true,", r#":"true","#), (r#""livemode":true,"#, "")] {
            assert_eq!(with(old, new), Err(Answer::OtherMode), "{new}");
        }
    }

    #[test]
    fn what_carries_no_request_id_of_ours_wakes_nobody() {
        let not_ours = Err(Answer::NotOurs);
        assert_eq!(with("r-1", "r/1"), not_ours);
        assert_eq!(with("r-1", ""), not_ours);
        assert_eq!(with("r-1", &"r".repeat(65)), not_ours);
        assert_eq!(with(r#""r-1""#, "7"), not_ours);
        assert_eq!(with(r#""request_id""#, r#""requestId""#), not_ours);
        assert_eq!(with(r#"{"request_id":"r-1"}"#, "{}"), not_ours);
        assert_eq!(with(r#"{"request_id":"r-1"}"#, "[]"), not_ours);
        assert_eq!(with(r#""metadata""#, r#""meta""#), not_ours);
    }

    #[test]
    fn what_is_no_event_is_malformed() {
        let malformed = Err(Answer::Malformed);
        for id in ["", "evt 1", "evt-1", "evt\\n", &"e".repeat(256)] {
            assert_eq!(with("evt_1", id), malformed, "{id:?}");
        }
        for (old, new) in [
            (r#""id":"evt_1","#, ""),
            (r#""object":"event""#, r#""id":"evt_2""#),
            (r#""r-1""#, r#""r-1","request_id":"r-2""#),
        ] {
            assert_eq!(with(old, new), malformed, "{new}");
        }
        assert_eq!(read("[]"), malformed);
    }
}
