//! Changes, and what follows from them: events, and what happens later.

use std::{mem::take, sync::Arc, time::Duration};

use tokio::{task::JoinHandle, time::sleep};

use super::{
    attempts,
    books::{Books, Due},
    refunds,
    shared::Stripe,
    webhooks,
};

impl Stripe {
    /// Changes the books, delivers the events of the change, and lets happen later what is due
    /// later. Returns the deliveries that the answer has to wait for, too.
    pub(super) fn change<T>(
        self: &Arc<Stripe>,
        change: impl FnOnce(&mut Books) -> T,
    ) -> (T, Vec<JoinHandle<()>>) {
        let mut books = self.books();
        let result = change(&mut books);
        let (events, agenda) = (take(&mut books.outbox), take(&mut books.agenda));
        let (endpoints, rules) = (books.endpoints.clone(), books.delivery_rules.clone());
        drop(books);
        for (after, due) in agenda {
            self.let_happen(after, due);
        }
        let deliveries = events
            .iter()
            .flat_map(|event| webhooks::dispatch(self, &endpoints, &rules, event));
        (result, deliveries.collect())
    }

    fn let_happen(self: &Arc<Stripe>, after: Duration, due: Due) {
        let stripe = Arc::clone(self);
        tokio::spawn(async move {
            sleep(after).await;
            stripe.change(|books| come_due(books, due));
        });
    }
}

fn come_due(books: &mut Books, due: Due) {
    match due {
        Due::Payment(id, settlement) => {
            attempts::settle(books, &id, settlement);
        }
        Due::Refund(id, status) => {
            refunds::change(books, &id, status);
        }
    }
}
