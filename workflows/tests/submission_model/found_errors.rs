//! The model can fail: it finds the errors that it is meant to find.

use rstest::rstest;
use stateright::{Checker, HasDiscoveries, Model};

use crate::model::{AT_MOST_ONE, NO_WRONG_END};
use crate::partner::{DROPPED_FOR, Partner};
use crate::payment::{PAYMENT, Payment, QUIET, RESET_WHERE_REPEATS_ARE_DROPPED};

/// The partner has forgotten the key of the first run when the one that was reset repeats.
#[test]
fn the_model_finds_the_double_charge_where_a_reset_forgets_when_the_first_run_started() {
    let payment = Payment {
        resets_keep_the_start: false,
        ..RESET_WHERE_REPEATS_ARE_DROPPED
    };
    let finish = HasDiscoveries::AnyOf([AT_MOST_ONE].into());
    let checker = payment.checker().threads(2).finish_when(finish);
    let checker = checker.spawn_dfs().join();
    assert!(checker.discovery(AT_MOST_ONE).is_some());
}

/// A promise that the partner breaks moves money twice, or makes a wrong end. Without that, nothing
/// would rest on it.
#[rstest]
#[case::shows_later_than_it_says(
    AT_MOST_ONE,
    Payment { partner: Partner::PromisesNothing, promised: Partner::ShowsInTime, lags: 6, ..QUIET }
)]
#[case::drops_repeats_for_less_than_it_says(
    AT_MOST_ONE,
    Payment {
        partner: Partner::DropsRepeats(0), promised: Partner::DropsRepeats(DROPPED_FOR), ..QUIET
    }
)]
#[case::carries_out_what_it_gave_up(
    NO_WRONG_END,
    Payment { gives_up_for_good: false, ..QUIET.at(Partner::TakesTwoSteps) }
)]
fn a_promise_that_is_broken_is_found_out(#[case] property: &'static str, #[case] payment: Payment) {
    let finish = HasDiscoveries::AnyOf([property].into());
    let checker = payment.checker().threads(2).finish_when(finish);
    let checker = checker.spawn_bfs().join();
    assert!(checker.discovery(property).is_some());
}

#[test]
fn the_model_finds_the_double_charge_where_a_bound_or_a_check_is_missing() {
    for (what, payment) in [
        (
            "a kernel that sends for six times as long as the proof allows for",
            Payment {
                kernel_sends_for: 6,
                ..QUIET
            },
        ),
        (
            "a second attempt that submits",
            Payment {
                steps_check: false,
                resets: false,
                ..PAYMENT
            },
        ),
        (
            "a run that submits after a reset, as if it were the first",
            Payment {
                steps_check: false,
                hands_out_again: false,
                ..PAYMENT
            },
        ),
    ] {
        let finish = HasDiscoveries::AnyOf([AT_MOST_ONE].into());
        let checker = payment.checker().threads(2).finish_when(finish);
        let checker = checker.spawn_bfs().join();
        assert!(checker.discovery(AT_MOST_ONE).is_some(), "{what}");
    }
}
