use super::super::fault::Evidence;
use super::super::faults::{every_fault, every_fault_at_stripe};
use super::super::verb::Verb;
use super::*;

#[test]
fn the_same_seed_gives_the_same_plan_and_another_seed_another() {
    let plan = Plan::new(1, 300);
    assert_eq!(plan, Plan::new(1, 300));
    assert_eq!(plan.to_string(), Plan::new(1, 300).to_string());
    assert_ne!(plan, Plan::new(2, 300));
}

#[test]
fn more_than_half_meet_a_fault_and_all_of_300_every_kind() {
    for seed in 0..10 {
        let plan = Plan::new(seed, 300);
        let faults = plan.operations.iter().filter(|it| it.fault.is_some());
        assert!(faults.count() > 150);
        let kinds = plan.kinds();
        for fault in every_fault().iter().chain(&every_fault_at_stripe()) {
            assert!(kinds.contains(fault.name.as_str()), "{}", fault.name);
        }
        for blow in Blow::ALL {
            assert!(kinds.contains(blow.as_str()));
        }
        for verb in Verb::ON_WORKFLOWS.iter().chain(&Verb::ON_STEPS) {
            assert!(kinds.contains(verb.as_str()), "{}", verb.as_str());
        }
    }
}

#[test]
fn no_two_kinds_have_one_name() {
    let mut faults = every_fault();
    faults.extend(every_fault_at_stripe());
    let names: BTreeSet<&str> = faults.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), faults.len());
}

#[test]
fn billing_faults_meet_extra_payments_and_nothing_with_a_fault_is_cancelled() {
    for planned in Plan::new(3, 300).operations {
        let Some(fault) = &planned.fault else {
            continue;
        };
        if fault.evidence == Evidence::BillingJournal {
            assert_eq!(
                planned.operation.kind,
                OperationKind::ExtraPayment,
                "{planned}"
            );
        }
        assert!(!planned.may_be_cancelled(), "{planned}");
    }
}

#[test]
fn some_reversals_give_back_all_of_an_order_and_some_less() {
    let operations = Plan::new(4, 100).operations;
    let is_all = |it: &&Planned| it.operation.amount == it.captured;
    let (all, less): (Vec<_>, Vec<_>) = operations.iter().partition(is_all);
    let is_reversal = |it: &&Planned| it.operation.kind == OperationKind::Reversal;
    assert!(!all.is_empty() && all.iter().all(is_reversal));
    assert!(less.iter().any(is_reversal));
    assert!(
        operations
            .iter()
            .all(|it| it.operation.amount != it.other_amount)
    );
}

#[test]
fn amounts_have_exactly_the_currencys_digits() {
    assert_eq!(amount(5, 2), "0.05");
    assert_eq!(amount(12_550, 2), "125.50");
    assert_eq!(amount(7, 0), "7");
    assert_eq!(amount(1_250, 3), "1.250");
}

#[test]
fn upheavals_come_while_operations_are_started() {
    let upheavals = Plan::new(5, 60).upheavals;
    assert_eq!(upheavals.len(), Blow::ALL.len());
    assert!(upheavals.is_sorted_by_key(|it| it.after_starts));
    assert!(
        upheavals
            .iter()
            .all(|it| (1..60).contains(&it.after_starts))
    );
}

#[test]
fn about_one_in_three_goes_to_stripe_with_an_amount_that_stripe_takes() {
    let operations = Plan::new(6, 300).operations;
    let at_stripe = operations.iter().filter(|it| it.is_at_stripe());
    let at_stripe: Vec<&Planned> = at_stripe.collect();
    assert!((70..130).contains(&at_stripe.len()));
    for planned in at_stripe {
        if planned.operation.currency == "KWD" {
            assert!(planned.operation.amount.ends_with('0'), "{planned}");
            assert!(planned.captured.ends_with('0'), "{planned}");
        }
        let place = planned.fault.as_ref().map(|it| it.place);
        let fits = |place| place == Place::Stripe(planned.operation.kind);
        assert!(place.is_none_or(fits), "{planned}");
    }
}

#[test]
fn what_never_occurred_is_planned_anew_under_other_ids() {
    let plan = Plan::new(1, 300);
    let kind = "stripe confirm: reset";
    let again = plan.again(&[kind.to_owned(), "nothing of the plan".to_owned()]);
    assert!(!again.is_empty());
    for planned in &again {
        assert_eq!(planned.fault.as_ref().unwrap().name, kind);
        let id = &planned.operation.request_id;
        assert!(
            plan.operations
                .iter()
                .all(|it| it.operation.request_id != *id)
        );
    }
    assert!(plan.again(&[]).is_empty());
}
