//! A day's comparison, as an operator reads it.

use std::str::FromStr;

use super::*;
use crate::example::{operation, request_id};
use crate::reconciliation::{Class, Standing};
use crate::terminal::captured::assert_view;
use jiff::civil::Date;
use workflows::contract::kind::Kind;
use workflows::operation::partner_report::Status;

#[test]
fn a_comparison_fits_the_terminal() {
    let side = |status, partner_payment_id: &str| Side {
        kind: Kind::ExtraPayment,
        status: Standing::AtPartner(status),
        money: operation("x").money,
        partner_payment_id: Some(partner_payment_id.to_owned()),
        merchant: Some("kg-main".to_owned()),
    };
    let entry = |id: &str, class, ours, theirs, differs: &[&'static str]| Entry {
        request_id: request_id(id),
        class,
        differs: differs.to_vec(),
        ours,
        theirs,
    };
    let id = "pp-0b9b2103edae5e12a00a424e7eea54a3";
    let done = || Some(side(Status::Completed, id));
    let entries = vec![
        entry("ride-1", Class::Matched, done(), done(), &[]),
        entry(
            "ride-2-extra-1",
            Class::Differs,
            done(),
            Some(side(Status::Pending, "pp-2")),
            &["status", "partner_payment_id"],
        ),
        entry("ride-3-extra-1", Class::OnlyOurs, done(), None, &[]),
    ];
    let matched = entries[..1].to_vec();
    let day = Date::from_str("2026-11-24").unwrap();
    let reconciliation = Reconciliation::new(day, None, entries);
    assert_view("reconcile", || print_comparison(&reconciliation));
    let agreed = Reconciliation::new(day, None, matched);
    assert_view("reconcile-agreed", || print_comparison(&agreed));
}
