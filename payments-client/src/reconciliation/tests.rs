use super::*;

fn side(status: &str) -> Side {
    Side {
        kind: "PAYMENT",
        status: status.to_owned(),
        money: Some(Money::parse("125.50", "KGS").unwrap()),
        partner_payment_id: Some("pp-1".to_owned()),
        merchant: None,
    }
}

fn judged(ours: Option<Side>, theirs: Side) -> Entry {
    compare(RequestId::parse("r-1").unwrap(), ours, theirs)
}

#[test]
fn what_both_sides_tell_alike_is_matched() {
    for status in ["COMPLETED", "DECLINED"] {
        let entry = judged(Some(side(status)), side(status));
        assert_eq!((entry.class, entry.differs), (Class::Matched, vec![]));
    }
    // A side that knows no merchant says nothing about it.
    let ours = Side {
        merchant: Some("kg-main".to_owned()),
        ..side("COMPLETED")
    };
    let entry = judged(Some(ours), side("COMPLETED"));
    assert_eq!(entry.class, Class::Matched);
}

#[test]
fn what_one_side_alone_has_is_told_as_its() {
    let ours = unlisted(RequestId::parse("r-1").unwrap(), side("COMPLETED"));
    assert_eq!(ours.class, Class::OnlyOurs);
    let theirs = judged(None, side("COMPLETED"));
    assert_eq!(theirs.class, Class::OnlyTheirs);
}

#[test]
fn ours_still_running_is_open_whatever_the_report_says() {
    for theirs in ["PENDING", "COMPLETED"] {
        let entry = judged(Some(side(RUNNING)), side(theirs));
        assert_eq!((entry.class, entry.differs), (Class::StillOpen, vec![]));
    }
}

#[test]
fn each_field_that_differs_is_named() {
    let ours = side("COMPLETED");
    let money = |amount, currency| Some(Money::parse(amount, currency).unwrap());
    let base = || side("COMPLETED");
    for (theirs, field) in [
        (
            Side {
                kind: "REVERSAL",
                ..base()
            },
            "kind",
        ),
        (side("PENDING"), "status"),
        (
            Side {
                money: money("125.51", "KGS"),
                ..base()
            },
            "amount",
        ),
        (
            Side {
                money: money("125.50", "USD"),
                ..base()
            },
            "currency",
        ),
        (
            Side {
                partner_payment_id: Some("pp-2".to_owned()),
                ..base()
            },
            "partner_payment_id",
        ),
    ] {
        let entry = judged(Some(ours.clone()), theirs);
        assert_eq!((entry.class, entry.differs), (Class::Differs, vec![field]));
    }
}

#[test]
fn an_operation_that_was_given_up_differs_from_money_that_moved() {
    for given_up in ["abandoned", "rejected", "terminated"] {
        let entry = judged(Some(side(given_up)), side("COMPLETED"));
        assert_eq!(entry.differs, ["status"]);
    }
}

#[test]
fn sums_hold_the_money_that_moved_by_each_side_s_word() {
    let date = "2026-11-24".parse().unwrap();
    let entries = vec![
        judged(Some(side("COMPLETED")), side("COMPLETED")),
        judged(Some(side("COMPLETED")), side("COMPLETED")),
        judged(Some(side("DECLINED")), side("DECLINED")),
        judged(Some(side("DECLINED")), side("COMPLETED")),
    ];
    let reconciliation = Reconciliation::new(date, None, entries);
    assert_eq!(reconciliation.matched, 3);
    assert!(!reconciliation.agrees());
    let sums: Vec<_> = reconciliation.sums.iter().collect();
    let told: Vec<_> = sums
        .iter()
        .map(|it| (it.class, it.operations, it.ours_minor, it.theirs_minor))
        .collect();
    let expected = [
        (Class::Matched, 3, 25_100, 25_100),
        (Class::Differs, 1, 0, 12_550),
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_is_still_open_may_yet_agree() {
    let date = "2026-11-24".parse().unwrap();
    let open = judged(Some(side(RUNNING)), side("PENDING"));
    assert!(Reconciliation::new(date, None, vec![open]).agrees());
}
