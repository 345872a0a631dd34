//! A merchant account in the list.

use std::io;

use clap::builder::styling::Style;
use serde_json::{Value, json};
use workflows::contract::account::{AccountFacts, AccountKey, AccountRecord};
use workflows::contract::kind::Kind;
use workflows::contract::promises::Promises;
use workflows::operation::promises::WhileOpen;

use super::calls::Calls;
use crate::labels::{count, kind, length};
use crate::terminal::{print, print_hanging};
use crate::totals::Total;

/// An account, and what is going on at it.
pub(super) struct ListedAccount<'a> {
    pub(super) name: &'a str,
    pub(super) record: &'a AccountRecord,
    /// The sums of its open operations.
    pub(super) open: &'a [Total],
    /// The calls of all accounts, if they are known.
    pub(super) calls: Option<&'a Calls>,
}

impl ListedAccount<'_> {
    pub(super) fn print(&self) -> io::Result<()> {
        print(&self.name)?;
        match &self.record.paused {
            Some(paused) => line("PAUSED", &paused.description())?,
            None => line("paused", "no")?,
        }
        self.print_open()?;
        self.print_calls()?;
        match &self.record.facts {
            Some(facts) => print_facts(facts),
            None => line("partner", "no worker has said yet"),
        }
    }

    pub(super) fn json(&self) -> Value {
        let AccountRecord { facts, paused } = self.record;
        let open: Vec<Value> = self.open.iter().map(sum_json).collect();
        let calls = self.calls.and_then(|calls| calls.of(self.name));
        json!({
            "merchant": self.name, "facts": facts, "paused": paused, "open": open, "calls": calls,
        })
    }

    fn print_open(&self) -> io::Result<()> {
        if self.open.is_empty() {
            return line("open", "none");
        }
        let mut sums = self.open.iter();
        sums.try_for_each(|total| line("open", &sum_words(total)))
    }

    fn print_calls(&self) -> io::Result<()> {
        match self.calls.map(|calls| calls.of(self.name)) {
            Some(Some(rates)) => line("calls", &rates.description()),
            Some(None) => line("calls", "Prometheus has none of this account"),
            None => Ok(()),
        }
    }
}

fn print_facts(facts: &AccountFacts) -> io::Result<()> {
    let AccountFacts {
        partner,
        partner_url,
        merchant_id,
        routes,
        extra_payment,
        payment_reversal,
        keys,
    } = facts;
    // Some partners know no merchants.
    let words = [partner, merchant_id, "at", partner_url].into_iter();
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    line("partner", &words.join(" "))?;
    match routes.as_slice() {
        [] => line("routes", "none")?,
        routes => line("routes", &routes.join(", "))?,
    }
    for (of, promises) in [
        (Kind::ExtraPayment, extra_payment),
        (Kind::PaymentReversal, payment_reversal),
    ] {
        let promised = format!("{}: {}", kind(of), promised(promises));
        line("promises", &promised)?;
    }
    keys.iter().try_for_each(|key| line("key", &key_words(key)))
}

fn line(label: &str, words: &str) -> io::Result<()> {
    print_hanging(12, &[(Style::new(), &format_args!("  {label:<10}{words}"))])
}

fn sum_words(total: &Total) -> String {
    let sum = match total.sum() {
        Some(sum) => format!("{sum} at stake"),
        None => "a sum that is not known yet".to_owned(),
    };
    let operations = count(total.operations, "operation");
    format!("{}: {operations}, {sum}", kind(total.kind))
}

fn sum_json(total: &Total) -> Value {
    json!({
        "kind": total.kind, "currency": total.currency, "operations": total.operations,
        "amount": total.amount(),
    })
}

fn promised(promises: &Promises) -> String {
    let while_open = match promises.while_open() {
        WhileOpen::Repeat(time) => format!("drops repeats for {}", length(time)),
        WhileOpen::ProveAbsence(time) => format!("shows what it accepted within {}", length(time)),
        WhileOpen::Ask => "nothing: an open outcome can only be asked for".to_owned(),
    };
    match promises.may_flip_for {
        Some(time) => {
            let time = length(time);
            format!("{while_open}; once completed, may fail for {time}")
        }
        None => while_open,
    }
}

fn key_words(key: &AccountKey) -> String {
    let from = key
        .not_before
        .map_or(String::new(), |day| format!(", from {day}"));
    let until = key
        .not_after
        .map_or(String::new(), |day| format!(", until {day}"));
    format!("{}: {}{from}{until}", kind(key.kind), key.key_id)
}
