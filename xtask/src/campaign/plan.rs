//! The plan of a campaign. It follows completely from the seed.

use std::collections::BTreeSet;
use std::fmt;

use fastrand::Rng;
use harness::{Expected, Operation, OperationKind};
use serde_json::{Value, json};

mod decks;
mod wording;

use decks::{Decks, pick};

use super::act::{Act, Deed};
use super::fault::{End, Fault, OTHER_AMOUNT_MOVED, Place};

/// All that is asked for, and all that goes wrong on purpose.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Plan {
    pub(crate) operations: Vec<Planned>,
    /// In the order in which they come.
    pub(crate) upheavals: Vec<Upheaval>,
}

/// One operation.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Planned {
    pub(crate) operation: Operation,
    /// What was paid for the order before; written as all amounts are.
    pub(crate) captured: String,
    /// Another amount: what a wrong repeat asks for, or what a wrong partner moves.
    pub(crate) other_amount: String,
    pub(crate) fault: Option<Fault>,
    pub(crate) act: Option<Act>,
}

/// What happens to a whole process, or to its network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Upheaval {
    /// It comes once so many operations have been started.
    pub(crate) after_starts: usize,
    pub(crate) blow: Blow,
    /// From then until it runs again.
    pub(crate) lasts_ms: u64,
}

/// Which process, and what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Blow {
    WorkerKilled,
    /// Another worker takes over meanwhile.
    WorkerFrozen,
    GatewayKilled,
    TemporalKilled,
    BillingDown,
    /// Toward the partners, on the way of the worker's calls.
    PacketsLost,
}

impl Plan {
    /// The plan of a seed: the same seed always gives the same plan.
    pub(crate) fn new(seed: u64, payments: usize) -> Plan {
        let mut random = Rng::with_seed(seed);
        let mut decks = Decks::new();
        let operations = (1..=payments)
            .map(|number| operation(number, &mut decks, &mut random))
            .collect();
        let upheavals = upheavals(payments, &mut random);
        Plan {
            operations,
            upheavals,
        }
    }

    /// This plan without the blows of a kind that this machine can't deal.
    pub(crate) fn leave_out(&mut self, blow: Blow) {
        self.upheavals.retain(|upheaval| upheaval.blow != blow);
    }

    /// The operations of which these kinds never occurred, under other ids.
    pub(crate) fn again(&self, missed: &[String]) -> Vec<Planned> {
        let is_missed = |kind: &str| missed.iter().any(|it| it == kind);
        let missed = self.operations.iter().filter(|planned| {
            let fault = planned.fault.as_ref().map(|it| it.name.as_str());
            let deed = planned.act.map(|it| it.deed.as_str());
            fault.into_iter().chain(deed).any(is_missed)
        });
        let numbered = missed.zip(self.operations.len() + 1..);
        numbered
            .map(|(planned, number)| planned.under(number))
            .collect()
    }

    /// All of billing's faults, as billing is told them.
    pub(crate) fn billing_faults(&self) -> Value {
        let faults = self.operations.iter().filter_map(|planned| {
            let fault = planned.fault.as_ref()?;
            let mut setting = fault.setting.clone();
            setting["request_id"] = json!(planned.operation.request_id);
            (fault.place == Place::Billing).then_some(setting)
        });
        faults.collect()
    }

    /// How Stripe delivers its events: all that is not as usual.
    pub(crate) fn delivery_rules(&self) -> Value {
        let rules = self.operations.iter().filter_map(|planned| {
            let mut rule = planned.fault.as_ref()?.setting.get("rule")?.clone();
            rule["request_id"] = json!(planned.operation.request_id);
            Some(rule)
        });
        rules.collect()
    }

    /// The names of all that is to go wrong, or to be done beside starting.
    pub(crate) fn kinds(&self) -> BTreeSet<&str> {
        let faults = self.operations.iter().filter_map(|it| it.fault.as_ref());
        let acts = self.operations.iter().filter_map(|it| it.act);
        let blows = self.upheavals.iter().map(|it| it.blow.as_str());
        faults
            .map(|fault| fault.name.as_str())
            .chain(acts.map(|act| act.deed.as_str()))
            .chain(blows)
            .collect()
    }
}

impl Planned {
    /// How it must end.
    pub(crate) fn expected(&self) -> Expected {
        match self.fault.as_ref().map(|fault| fault.end) {
            None if self.may_be_cancelled() => Expected::CompletedOrCancelled,
            None | Some(End::Completed) if self.is_charged_at_stripe() => {
                Expected::CompletedOrCancelledInDoubt
            }
            None | Some(End::Completed) => Expected::Completed,
            Some(End::Declined) => Expected::Declined(None),
            Some(End::Rejected) => Expected::Rejected,
            Some(End::GivenUp) => Expected::AbandonedAfter(self.other_amount.clone()),
        }
    }

    /// The same, as another request about another order.
    fn under(&self, number: usize) -> Planned {
        let fresh = new_operation(self.operation.kind, number);
        let mut planned = self.clone();
        planned.operation.request_id = fresh.request_id;
        planned.operation.order_id = fresh.order_id;
        planned
    }

    /// Whether it goes to Stripe.
    pub(crate) fn is_at_stripe(&self) -> bool {
        self.operation.city.as_deref() == Some(OSH)
    }

    /// Whether a confirmation that is lost, such as in the hands of a worker that died, ends it.
    fn is_charged_at_stripe(&self) -> bool {
        self.is_at_stripe() && self.operation.kind == OperationKind::ExtraPayment
    }

    /// Whether its result is waited for only after the verb was applied to it.
    pub(crate) fn is_waited_for_afterwards(&self) -> bool {
        let ends_a_wait = |act: Act| matches!(act.deed, Deed::Say(verb) if verb.ends_a_wait());
        self.act.is_some_and(ends_a_wait)
    }

    /// Whether somebody asks to cancel it.
    pub(crate) fn may_be_cancelled(&self) -> bool {
        self.act.is_some_and(|act| act.deed == Deed::Cancel)
    }
}

fn operation(number: usize, decks: &mut Decks, random: &mut Rng) -> Planned {
    let is_at_stripe = random.u32(..3) == 0;
    let (faults, percent) = if is_at_stripe {
        (&mut decks.faults_at_stripe, 90)
    } else {
        (&mut decks.faults, 75)
    };
    let fault = (random.u32(..100) < percent).then(|| faults.deal(random));
    // Whether it is for the whole order makes a full reversal or a partial refund of it.
    let (kind, is_all) = match &fault {
        // Billing only gets extra payments, and an order can't refund more than it has.
        Some(fault) if fault.place == Place::Billing || fault.end == End::GivenUp => {
            (OperationKind::ExtraPayment, false)
        }
        Some(Fault {
            place: Place::Stripe(kind),
            ..
        }) => (*kind, *kind == OperationKind::Reversal && random.bool()),
        _ => pick(
            random,
            &[
                (OperationKind::ExtraPayment, false),
                (OperationKind::Reversal, true),
                (OperationKind::Reversal, false),
            ],
        ),
    };
    let (currency, digits) = pick(random, &[("KGS", 2), ("KGS", 2), ("JPY", 0), ("KWD", 3)]);
    // Stripe charges no thousandths, and no less than 50 yen.
    let minor = if is_at_stripe {
        10 * random.u64(5..100_000)
    } else {
        random.u64(1..1_000_000)
    };
    let captured = if is_all {
        minor
    } else {
        minor + 10 * random.u64(1..100_000)
    };
    let other_amount = amount(minor + random.u64(1..1_000), digits);
    let act = decks.act(&fault, is_at_stripe, random);
    let operation = new_operation(kind, number);
    let operation = if is_at_stripe {
        operation.in_city("KG", OSH)
    } else {
        operation
    };
    Planned {
        operation: operation.of(&amount(minor, digits), currency),
        captured: amount(captured, digits),
        fault: fault.map(|fault| filled_in(fault, &other_amount)),
        other_amount,
        act,
    }
}

fn new_operation(kind: OperationKind, number: usize) -> Operation {
    Operation::new(kind, &format!("campaign-{number}"))
}

fn filled_in(mut fault: Fault, other_amount: &str) -> Fault {
    if fault.name == OTHER_AMOUNT_MOVED {
        fault.setting = json!({ "reports_amount": other_amount });
    }
    fault
}

/// One upheaval for so many starts as leave time to recover; at least one of each kind.
fn upheavals(payments: usize, random: &mut Rng) -> Vec<Upheaval> {
    let count = (payments / 25).max(Blow::ALL.len());
    let mut blows: Vec<Blow> = Blow::ALL.into_iter().cycle().take(count).collect();
    random.shuffle(&mut blows);
    blows
        .into_iter()
        .enumerate()
        .map(|(nth, blow)| Upheaval {
            after_starts: payments * (nth + 1) / (count + 1),
            blow,
            lasts_ms: random.u64(blow.lasts_ms()),
        })
        .collect()
}

/// Whose rides the stack's routes send to Stripe.
const OSH: &str = "Osh";

fn amount(minor: u64, digits: usize) -> String {
    let all = format!("{minor:0width$}", width = digits + 1);
    match all.split_at(all.len() - digits) {
        (whole, "") => whole.to_owned(),
        (whole, fraction) => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests;
