use jiff::Timestamp;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::operation::partner_report::Status;

use super::*;
use crate::reconciliation::Reconciliation;
use crate::reconciliation::entry::Standing;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-11-24")
}

/// By a word of ours.
fn side(status: &'static str) -> Side {
    let status = match status {
        "pending" => Standing::AtPartner(Status::Pending),
        "completed" => Standing::AtPartner(Status::Completed),
        "declined" => Standing::AtPartner(Status::Declined {
            code: "unspecified".to_owned(),
        }),
        ours => Standing::OnlyOurs(ours),
    };
    Side {
        kind: Kind::ExtraPayment,
        status,
        money: Some(Money::parse("125.50", "KGS").unwrap()),
        partner_payment_id: Some("pp-1".to_owned()),
        merchant: None,
    }
}

fn row(side: Side) -> Row {
    Row {
        request_id: RequestId::parse("r-1").unwrap(),
        side,
        updated_at: Timestamp::UNIX_EPOCH,
        is_doubled: false,
    }
}

fn ours(status: &'static str, end: End) -> Ours {
    let side = side(status);
    Ours { side, end }
}

fn by_partner() -> End {
    End::ByPartner(today())
}

fn open() -> End {
    End::Open { begun: today() }
}

fn judged(ours: Option<Ours>, theirs: Side) -> Entry {
    listed(row(theirs), ours, today())
}

/// Each state that ours may have, with its status.
fn standings() -> Vec<Option<Ours>> {
    let running = Ours {
        side: Side {
            partner_payment_id: None,
            ..side("running")
        },
        end: open(),
    };
    let unknown = Ours {
        side: Side {
            money: None,
            ..running.side.clone()
        },
        end: open(),
    };
    vec![
        None,
        Some(running),
        Some(unknown),
        Some(ours("completed", by_partner())),
        Some(ours("completed", End::ByPartner(day("2026-11-25")))),
        Some(ours("completed", End::ByHand(today()))),
        Some(ours("declined", by_partner())),
        Some(ours("rejected", End::Otherwise)),
        Some(ours("abandoned", End::ByHand(today()))),
        Some(ours("terminated", End::Otherwise)),
    ]
}

fn agrees(entries: Vec<Entry>) -> bool {
    Reconciliation::new(today(), None, entries).agrees()
}

#[test]
fn what_both_sides_tell_alike_is_matched() {
    for status in ["completed", "declined"] {
        let entry = judged(Some(ours(status, by_partner())), side(status));
        assert_eq!((entry.class, entry.differs), (Class::Matched, vec![]));
    }
    // A side that knows no merchant says nothing about it.
    let mut over_an_account = ours("completed", by_partner());
    over_an_account.side.merchant = Some("kg-main".to_owned());
    let entry = judged(Some(over_an_account), side("completed"));
    assert_eq!(entry.class, Class::Matched);
    // An operator's resolution has a day of its own; the partner's row is under the correct one.
    let by_hand = ours("completed", End::ByHand(day("2026-11-27")));
    assert_eq!(
        judged(Some(by_hand), side("completed")).class,
        Class::Matched
    );
}

#[test]
fn why_it_was_declined_is_not_compared() {
    let code = "card_expired".to_owned();
    let theirs = Side {
        status: Standing::AtPartner(Status::Declined { code }),
        ..side("declined")
    };
    let entry = judged(Some(ours("declined", by_partner())), theirs);
    assert_eq!(entry.class, Class::Matched);
}

#[test]
fn what_is_still_open_may_yet_agree() {
    for theirs in ["pending", "completed", "declined"] {
        for status in ["running", "paused"] {
            let entry = judged(Some(ours(status, open())), side(theirs));
            assert_eq!((entry.class, &entry.differs), (Class::StillOpen, &vec![]));
            assert!(agrees(vec![entry]));
        }
    }
}

#[test]
fn each_field_that_differs_is_named_however_ours_stands() {
    let money = |side: &mut Side, amount: &str, currency: &str| {
        side.money = Some(Money::parse(amount, currency).unwrap());
    };
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Side));
    let changes: [Change<'_>; 5] = [
        ("kind", &|it| it.kind = Kind::PaymentReversal),
        ("amount", &|it| money(it, "125.51", "KGS")),
        ("currency", &|it| money(it, "125.50", "USD")),
        ("amount", &|it| money(it, "999999999999.99", "KGS")),
        ("partner_payment_id", &|it| {
            it.partner_payment_id = Some("pp-2".to_owned());
        }),
    ];
    for (field, change) in changes {
        let mut theirs = side("completed");
        change(&mut theirs);
        for ours in standings() {
            let entry = judged(ours.clone(), theirs.clone());
            assert!(!agrees(vec![entry.clone()]) || ours.is_some(), "{entry:?}");
            let known = ours.as_ref().is_some_and(|ours| match field {
                "amount" | "currency" => ours.side.money.is_some(),
                "partner_payment_id" => ours.side.partner_payment_id.is_some(),
                _ => true,
            });
            if known {
                assert_eq!(entry.class, Class::Differs, "{ours:?}");
                assert!(entry.differs.contains(&field), "{entry:?}");
            }
        }
    }
}

#[test]
fn a_double_differs_however_ours_stands() {
    for ours in standings() {
        let double = Row {
            is_doubled: true,
            ..row(side("completed"))
        };
        let entry = listed(double, ours.clone(), today());
        let class = match ours {
            None => Class::OnlyTheirs,
            Some(_) => Class::Differs,
        };
        assert_eq!(entry.class, class, "{ours:?}");
        assert!(entry.differs.contains(&"partner_payment_id"), "{ours:?}");
        assert!(!agrees(vec![entry]));
    }
}

#[test]
fn an_operation_that_was_given_up_differs_from_money_that_moved() {
    for (given_up, end) in [
        ("abandoned", End::ByHand(today())),
        ("declined", End::ByHand(today())),
        ("rejected", End::Otherwise),
        ("terminated", End::Otherwise),
        ("timed_out", End::Otherwise),
        ("failed", End::Otherwise),
        ("cancelled", End::Otherwise),
    ] {
        let entry = judged(Some(ours(given_up, end)), side("completed"));
        assert_eq!(
            (entry.class, entry.differs),
            (Class::Differs, vec!["status"])
        );
    }
}

#[test]
fn what_was_pending_when_the_report_was_made_and_ended_later_is_of_that_later_day() {
    let tomorrow = End::ByPartner(day("2026-11-25"));
    let pending = judged(Some(ours("completed", tomorrow)), side("pending"));
    assert_eq!((pending.class, pending.differs), (Class::OtherDay, vec![]));
    // Ended before, and pending now: the partner has changed its answer.
    for day in ["2026-11-23", "2026-11-24"] {
        let ended = ours("completed", End::ByPartner(self::day(day)));
        assert_eq!(judged(Some(ended), side("pending")).differs, ["status"]);
    }
}

/// The runs of five days in a row, in which the report of the partner's day alone has the row, or none
/// has it.
fn days_that_count(end: End, partners_day: Option<Date>) -> Vec<Date> {
    let days = [
        "2026-11-22",
        "2026-11-23",
        "2026-11-24",
        "2026-11-25",
        "2026-11-26",
    ];
    let counts = |day: &Date| {
        let ours = ours("completed", end);
        let entry = if partners_day == Some(*day) {
            Some(listed(row(side("completed")), Some(ours), *day))
        } else {
            unlisted(RequestId::parse("r-1").unwrap(), ours, *day)
        };
        entry.is_some_and(|entry| entry.class == Class::Matched || !agrees(vec![entry]))
    };
    days.into_iter().map(day).filter(counts).collect()
}

#[test]
fn a_payment_near_midnight_is_matched_or_listed_on_exactly_one_day() {
    for ours in ["2026-11-23", "2026-11-24", "2026-11-25"].map(day) {
        // The partner dates it as it told us: matched. Otherwise, or if it has none: missed there.
        for partners in [
            None,
            Some("2026-11-23"),
            Some("2026-11-24"),
            Some("2026-11-25"),
        ] {
            let counted = days_that_count(End::ByPartner(ours), partners.map(day));
            assert_eq!(counted, [ours], "the partner's day is {partners:?}");
        }
    }
}

#[test]
fn what_an_operator_closed_is_matched_on_the_partners_day_and_noted_on_ours() {
    let (closed, partners) = (day("2026-11-25"), day("2026-11-23"));
    let by_hand = End::ByHand(closed);
    assert_eq!(days_that_count(by_hand, Some(partners)), [partners]);
    assert!(days_that_count(by_hand, None).is_empty());
    let id = RequestId::parse("r-1").unwrap();
    let note = unlisted(id, ours("completed", by_hand), closed).unwrap();
    assert_eq!(note.class, Class::ClosedByHand);
    assert!(agrees(vec![note]));
}

#[test]
fn what_is_open_and_not_in_the_report_is_noted_from_its_first_day_on() {
    let id = || RequestId::parse("r-1").unwrap();
    for (begun, noted) in [
        ("2026-11-23", true),
        ("2026-11-24", true),
        ("2026-11-25", false),
    ] {
        let open = ours("running", End::Open { begun: day(begun) });
        let note = unlisted(id(), open, today());
        assert_eq!(note.is_some(), noted, "{begun}");
        assert!(note.is_none_or(|note| agrees(vec![note])));
    }
    let cut_off = ours("terminated", End::Otherwise);
    assert_eq!(unlisted(id(), cut_off, today()), None);
}
