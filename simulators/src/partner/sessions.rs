//! Sessions: bearer secrets that allow one submission and any number of status calls.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    messages::{OperationType, OrderId},
    refusal::Refusal,
    signature::Caller,
};
use crate::random_id::random_id;

/// A session, for one kind of operation on one order.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) merchant_id: String,
    pub(super) order_id: OrderId,
    pub(super) kind: OperationType,
    pub(super) expires_at: Timestamp,
    used: bool,
}

/// Every session that was ever opened.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    by_id: HashMap<String, Session>,
}

impl Sessions {
    /// Opens a session for 300 seconds and returns its id.
    pub(super) fn open(
        &mut self,
        merchant_id: String,
        order_id: OrderId,
        kind: OperationType,
        now: Timestamp,
    ) -> (String, Timestamp) {
        let id = random_id("s-");
        let expires_at = now + SignedDuration::from_secs(300);
        let session = Session {
            merchant_id,
            order_id,
            kind,
            expires_at,
            used: false,
        };
        self.by_id.insert(id.clone(), session);
        (id, expires_at)
    }

    /// The caller's session, if it is still open.
    pub(super) fn find(
        &self,
        id: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<&Session, Refusal> {
        let session = self
            .by_id
            .get(id)
            .filter(|session| session.merchant_id == caller.merchant_id)
            .ok_or(Refusal::SessionNotFound)?;
        caller.may(session.kind)?;
        if now >= session.expires_at {
            return Err(Refusal::SessionExpired);
        }
        Ok(session)
    }

    /// Marks the session as used by its one submission.
    pub(super) fn enter(&mut self, id: &str) -> Result<(), Refusal> {
        let session = self.by_id.get_mut(id).ok_or(Refusal::SessionNotFound)?;
        if std::mem::replace(&mut session.used, true) {
            Err(Refusal::SessionUsed)
        } else {
            Ok(())
        }
    }

    /// The order of a session, whoever asks.
    pub(super) fn order_of(&self, id: &str) -> Option<OrderId> {
        Some(self.by_id.get(id)?.order_id.clone())
    }

    /// Every id ever issued.
    pub(super) fn ids(&self) -> Vec<&str> {
        self.by_id.keys().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_its_merchant_s_for_300_seconds() {
        let mut sessions = Sessions::default();
        let caller = |merchant_id: &str, purpose| Caller {
            merchant_id: merchant_id.to_owned(),
            purpose,
        };
        let own = caller("m-1", OperationType::Payment);
        let order_id = OrderId::try_from("o-1".to_owned()).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let (id, expires_at) =
            sessions.open("m-1".to_owned(), order_id, OperationType::Payment, now);
        let find = |caller: &Caller, second| {
            let now = Timestamp::from_second(second).unwrap();
            sessions
                .find(&id, caller, now)
                .map(|session| session.expires_at)
        };

        assert_eq!(find(&own, 299), Ok(expires_at));
        assert_eq!(find(&own, 300), Err(Refusal::SessionExpired));
        assert_eq!(
            find(&caller("m-2", OperationType::Payment), 0),
            Err(Refusal::SessionNotFound)
        );
        assert_eq!(
            find(&caller("m-1", OperationType::Reversal), 0),
            Err(Refusal::KeyPurposeMismatch)
        );
    }
}
