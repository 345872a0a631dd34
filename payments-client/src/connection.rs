//! A connection to Temporal, with what its calls need besides.

use temporalio_client::Client;
use workflows::contract::ids::RequestId;

use crate::operation::OperationHandle;
use crate::place::Place;

#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// The queue that the workers poll.
    pub(crate) task_queue: String,
    pub(crate) place: Place,
}

impl Connection {
    pub(crate) fn operation(&self, request_id: &RequestId) -> OperationHandle {
        OperationHandle::new(self.client.clone(), &self.place, request_id)
    }
}
