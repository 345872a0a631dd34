//! Every interleaving, up to a depth, with a partner that keeps its promises.

use rstest::rstest;
use stateright::{Checker, Model};

use crate::model::{AT_MOST_ONE, NO_WRONG_END, RESET_TWICE};
use crate::partner::{DROPPED_FOR, Partner};
use crate::payment::{PAYMENT, Payment, RESET_WHERE_REPEATS_ARE_DROPPED};
use crate::timing::NEEDS_ATTENTION_AFTER;

#[rstest]
#[case::shows_in_time(Partner::ShowsInTime)]
#[case::drops_repeats(Partner::DropsRepeats(DROPPED_FOR))]
#[case::promises_nothing(Partner::PromisesNothing)]
#[case::takes_two_steps(Partner::TakesTwoSteps)]
fn no_interleaving_moves_money_twice_or_tells_a_wrong_end(#[case] partner: Partner) {
    let checker = interleavings(partner)
        .checker()
        .threads(2)
        .spawn_bfs()
        .join();
    println!(
        "{} states, {} of them different",
        checker.state_count(),
        checker.unique_state_count()
    );
    checker.assert_properties();
    assert!(
        checker.unique_state_count() > 10_000,
        "the model has shrunk to nothing"
    );
}

/// What is tried of a partner. Where more can happen, there are many more worlds, so time ends sooner,
/// and less is tried beside it; the long walks do all of it.
fn interleavings(partner: Partner) -> Payment {
    let payment = PAYMENT.at(partner);
    match partner {
        Partner::DropsRepeats(_) => Payment {
            last_moment: NEEDS_ATTENTION_AFTER + 1,
            hands_out_again: false,
            resets: false,
            ..payment
        },
        Partner::TakesTwoSteps => Payment {
            last_moment: NEEDS_ATTENTION_AFTER,
            ..payment
        },
        Partner::ShowsInTime | Partner::PromisesNothing => payment,
    }
}

#[test]
fn a_run_that_is_reset_repeats_as_long_as_the_first_one_may() {
    let payment = RESET_WHERE_REPEATS_ARE_DROPPED;
    let checker = payment.checker().threads(2).spawn_bfs().join();
    println!("{} worlds", checker.unique_state_count());
    checker.assert_properties();
}

/// The last reset goes past the refusal that the first run was told, while the second one may still submit.
#[test]
fn a_refused_run_that_is_reset_twice_ends_as_its_money_did() {
    let payment = Payment {
        resets_past_a_refusal: true,
        hands_out_again: false,
        ..PAYMENT
    };
    let checker = payment.checker().threads(2).spawn_bfs().join();
    println!("{} worlds", checker.unique_state_count());
    for always in [AT_MOST_ONE, NO_WRONG_END] {
        checker.assert_no_discovery(always);
    }
    checker.assert_any_discovery(RESET_TWICE);
}
