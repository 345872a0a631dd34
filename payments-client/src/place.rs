//! Where an operation was looked for: without it, "not found" may mean the wrong namespace.

use std::fmt;

use workflows::contract::ids::RequestId;

/// What a call was about, and whom it asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The operation, if the call was about one.
    pub request_id: Option<RequestId>,
    /// The namespace of the connection.
    pub namespace: String,
    /// Temporal's address; absent where an existing connection is used.
    pub address: Option<String>,
}

impl Place {
    pub(crate) fn of(&self, request_id: &RequestId) -> Place {
        Place {
            request_id: Some(request_id.clone()),
            ..self.clone()
        }
    }
}

/// Such as "ride-7, namespace default at http://localhost:7233".
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(request_id) = &self.request_id {
            write!(f, "{request_id}, ")?;
        }
        write!(f, "namespace {}", self.namespace)?;
        match &self.address {
            Some(address) => write!(f, " at {address}"),
            None => Ok(()),
        }
    }
}
