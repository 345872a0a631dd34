//! Orders: how much can still be refunded, and whether a card is saved.

use std::collections::HashMap;

use iso_currency::Currency;

use super::{
    messages::{OperationType, OrderId},
    refusal::Refusal,
};
use crate::money::Money;

/// An order. Its reversals together refund at most what its payments captured.
#[derive(Clone, Debug)]
pub(super) struct Order {
    card: bool,
    /// Unknown until the first submission for an order that was created on first use.
    balance: Option<Balance>,
}

#[derive(Clone, Copy, Debug)]
struct Balance {
    currency: Currency,
    paid: bool,
    /// In minor units: the captured amount, minus what completed or pending reversals refund.
    returnable: i128,
}

impl Order {
    pub(super) fn new(currency: Currency, captured_minor: i64, card: bool) -> Order {
        let balance = Balance {
            currency,
            paid: captured_minor > 0,
            returnable: captured_minor.into(),
        };
        Order {
            card,
            balance: Some(balance),
        }
    }

    /// Accepts an operation, or says why the order does not allow it. A reversal reserves its
    /// amount from here on.
    pub(super) fn admit(&mut self, kind: OperationType, money: Money) -> Result<(), Refusal> {
        let card = self.card;
        let balance = self
            .balance
            .get_or_insert_with(|| a_million(money.currency()));
        if balance.currency != money.currency() {
            return Err(Refusal::CurrencyUnsupported);
        }
        if !balance.paid {
            return Err(Refusal::OrderNotPaid);
        }
        match kind {
            OperationType::Payment if !card => return Err(Refusal::CardMissing),
            OperationType::Payment => {}
            OperationType::Reversal if balance.returnable < money.minor().into() => {
                return Err(Refusal::AmountExceedsBalance);
            }
            OperationType::Reversal => balance.returnable -= i128::from(money.minor()),
        }
        Ok(())
    }

    /// A payment completed or a reversal was declined, so this much more can be refunded.
    pub(super) fn release(&mut self, money: Money) {
        if let Some(balance) = &mut self.balance {
            balance.returnable += i128::from(money.minor());
        }
    }
}

fn a_million(currency: Currency) -> Balance {
    let units = 10_i128.pow(currency.exponent().unwrap_or(0).into());
    Balance {
        currency,
        paid: true,
        returnable: 1_000_000 * units,
    }
}

/// Every order. One that was created without a merchant belongs to all merchants.
#[derive(Debug, Default)]
pub(super) struct Orders {
    by_owner: HashMap<(Option<String>, OrderId), Order>,
}

impl Orders {
    pub(super) fn put(&mut self, merchant_id: Option<String>, order_id: OrderId, order: Order) {
        self.by_owner.insert((merchant_id, order_id), order);
    }

    pub(super) fn find(&mut self, merchant_id: &str, order_id: &OrderId) -> Option<&mut Order> {
        let own = (Some(merchant_id.to_owned()), order_id.clone());
        let key = if self.by_owner.contains_key(&own) {
            own
        } else {
            (None, order_id.clone())
        };
        self.by_owner.get_mut(&key)
    }

    /// Creates a paid order for a merchant that uses an unknown one.
    pub(super) fn make_up(&mut self, merchant_id: &str, order_id: &OrderId) {
        if self.find(merchant_id, order_id).is_none() && !order_id.stays_unknown() {
            let order = Order {
                card: true,
                balance: None,
            };
            self.put(Some(merchant_id.to_owned()), order_id.clone(), order);
        }
    }
}
