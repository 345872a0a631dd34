//! Walks longer than every interleaving could be tried.

use proptest::prelude::*;
use stateright::{Expectation, Model};

use crate::partner::{DROPPED_FOR, Partner};
use crate::payment::{PAYMENT, Payment};

/// Until when a walk goes on.
const LAST_MOMENT_OF_A_WALK: u8 = 120;

const PARTNERS: [Partner; 4] = [
    Partner::ShowsInTime,
    Partner::DropsRepeats(DROPPED_FOR),
    Partner::PromisesNothing,
    Partner::TakesTwoSteps,
];

/// So many find what takes ten particular turns; it was found so once.
const WALKS: u32 = 20_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(WALKS))]

    /// Forty minutes, with what happens in between drawn at random. A failure is shrunk to the shortest walk that shows it.
    #[test]
    fn no_long_walk_moves_money_twice_or_tells_a_wrong_end(
        partner in prop::sample::select(PARTNERS.to_vec()),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..600)
    ) {
        let payment = Payment {
            last_moment: LAST_MOMENT_OF_A_WALK,
            resets_past_a_refusal: true,
            ..PAYMENT.at(partner)
        };
        let mut world = payment.init_states().remove(0);
        for pick in picks {
            let mut events = Vec::new();
            payment.actions(&world, &mut events);
            if events.is_empty() {
                break;
            }
            let event = *pick.get(&events);
            world = payment.next_state(&world, event).unwrap();
            for property in payment.properties() {
                if property.expectation == Expectation::Always {
                    let holds = (property.condition)(&payment, &world);
                    prop_assert!(holds, "{}, after {event:?}: {world:?}", property.name);
                }
            }
        }
    }
}
