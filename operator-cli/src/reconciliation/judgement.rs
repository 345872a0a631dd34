//! Compares the two sides of one operation. Pure code.

use jiff::civil::Date;
use workflows::contract::ids::RequestId;

use super::entry::{Class, Entry, Side};
use super::row::Row;

/// What we say about one operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ours {
    pub(super) side: Side,
    pub(super) end: End,
}

/// How it ended on our side, and on which day, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// It has not ended: it is running or paused.
    Open {
        /// The day on which it was requested.
        begun: Date,
    },
    /// By the partner's answer, on the partner's day.
    ByPartner(Date),
    /// By an operator. The day is ours, and says nothing about the partner's.
    ByHand(Date),
    /// Without an operation at the partner: rejected, cancelled, failed, cut off.
    Otherwise,
}

/// An operation that the report of `day` has. Amounts and doubles come first: they are differences
/// whatever our state is.
pub(super) fn listed(row: Row, ours: Option<Ours>, day: Date) -> Entry {
    let mut differs = ours
        .as_ref()
        .map_or_else(Vec::new, |ours| ours.differences(&row.side, day));
    if row.is_doubled && !differs.contains(&PAYMENT_ID) {
        differs.push(PAYMENT_ID);
    }
    let class = match ours.as_ref().map(|ours| ours.end) {
        None => Class::OnlyTheirs,
        Some(_) if !differs.is_empty() => Class::Differs,
        Some(End::Open { .. }) => Class::StillOpen,
        Some(End::ByPartner(ended)) if ended != day => Class::OtherDay,
        Some(_) => Class::Matched,
    };
    Entry {
        request_id: row.request_id,
        class,
        differs,
        ours: ours.map(|ours| ours.side),
        theirs: Some(row.side),
    }
}

/// An operation of ours that the report of `day` does not have; none if that is correct.
pub(super) fn unlisted(request_id: RequestId, ours: Ours, day: Date) -> Option<Entry> {
    let class = match ours.end {
        End::Open { begun } if begun <= day => Class::StillOpen,
        End::ByPartner(ended) if ended == day => Class::OnlyOurs,
        End::ByHand(closed) if closed == day => Class::ClosedByHand,
        End::Open { .. } | End::ByPartner(_) | End::ByHand(_) | End::Otherwise => return None,
    };
    Some(Entry {
        request_id,
        class,
        differs: vec![],
        ours: Some(ours.side),
        theirs: None,
    })
}

const PAYMENT_ID: &str = "partner_payment_id";

impl Ours {
    /// What one side does not know is not compared.
    fn differences(&self, theirs: &Side, day: Date) -> Vec<&'static str> {
        fn differ<T: PartialEq>(one: Option<T>, two: Option<T>) -> bool {
            one.is_some() && two.is_some() && one != two
        }
        let ours = &self.side;
        let amount = |side: &Side| side.money.map(|money| money.amount());
        let currency = |side: &Side| side.money.map(|money| money.currency());
        [
            ("kind", ours.kind != theirs.kind),
            ("status", self.status_differs(theirs, day)),
            ("amount", differ(amount(ours), amount(theirs))),
            ("currency", differ(currency(ours), currency(theirs))),
            // A second operation of the partner's under one request id is a double.
            (
                PAYMENT_ID,
                differ(
                    ours.partner_payment_id.as_ref(),
                    theirs.partner_payment_id.as_ref(),
                ),
            ),
            (
                "merchant",
                differ(ours.merchant.as_ref(), theirs.merchant.as_ref()),
            ),
        ]
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect()
    }

    fn status_differs(&self, theirs: &Side, day: Date) -> bool {
        match self.end {
            End::Open { .. } => false,
            // The report was created before that.
            End::ByPartner(ended) if theirs.status.is_pending() && ended > day => false,
            End::ByPartner(_) | End::ByHand(_) | End::Otherwise => {
                !self.side.status.agrees_with(&theirs.status)
            }
        }
    }
}

#[cfg(test)]
mod tests;
