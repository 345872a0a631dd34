//! The faults that operations get, and the verbs that are applied to them, drawn like cards.

use fastrand::Rng;

use super::super::act::{Act, Deed};
use super::super::fault::{End, Fault};
use super::super::faults::{every_fault, every_fault_at_stripe};
use super::super::verb::Verb;

/// All that is dealt.
pub(super) struct Decks {
    pub(super) faults: Deck<Fault>,
    pub(super) faults_at_stripe: Deck<Fault>,
    verbs: Deck<Verb>,
    verbs_on_steps: Deck<Verb>,
}

impl Decks {
    /// Full ones.
    pub(super) fn new() -> Decks {
        Decks {
            faults: Deck::new(every_fault),
            faults_at_stripe: Deck::new(every_fault_at_stripe),
            verbs: Deck::new(|| Verb::ON_WORKFLOWS.into()),
            verbs_on_steps: Deck::new(|| Verb::ON_STEPS.into()),
        }
    }

    /// What is done to one operation in three, and to each whose steps last long enough to be met.
    pub(super) fn act(
        &mut self,
        fault: &Option<Fault>,
        is_at_stripe: bool,
        random: &mut Rng,
    ) -> Option<Act> {
        let meets = |it: &Fault| it.end == End::Completed && it.keeps_a_step_waiting();
        if fault.as_ref().is_some_and(meets) {
            let deed = Deed::Say(self.verbs_on_steps.deal(random));
            return Some(Act { deed, after_ms: 0 });
        }
        if random.u32(..3) != 0 {
            return None;
        }
        let deed = match fault {
            // A run that was reset sees a refusal in another light.
            Some(fault) if fault.end != End::Completed => pick(random, &REPEATS),
            _ if random.bool() => Deed::Say(self.verbs.deal(random)),
            Some(_) => pick(random, &REPEATS),
            None if is_at_stripe => pick(random, &REPEATS),
            // A cancelled operation would not reach its fault.
            None => pick(random, &[REPEATS[0], REPEATS[1], REPEATS[2], Deed::Cancel]),
        };
        // Early enough for most to be still open.
        let longest = match deed {
            Deed::Cancel => 100,
            Deed::CheckNow | Deed::Say(_) => 800,
            Deed::StartAgain | Deed::StartWithOtherAmount => 6_000,
        };
        let after_ms = random.u64(..longest);
        Some(Act { deed, after_ms })
    }
}

const REPEATS: [Deed; 3] = [Deed::StartAgain, Deed::StartWithOtherAmount, Deed::CheckNow];

/// Deals cards so that every kind comes before any of them comes again.
pub(super) struct Deck<Card> {
    left: Vec<Card>,
    all: fn() -> Vec<Card>,
}

impl<Card> Deck<Card> {
    fn new(all: fn() -> Vec<Card>) -> Deck<Card> {
        let left = Vec::new();
        Deck { left, all }
    }

    pub(super) fn deal(&mut self, random: &mut Rng) -> Card {
        loop {
            if let Some(card) = self.left.pop() {
                return card;
            }
            self.left = (self.all)();
            random.shuffle(&mut self.left);
        }
    }
}

/// Any of them.
pub(super) fn pick<T: Copy>(random: &mut Rng, among: &[T]) -> T {
    among[random.usize(..among.len())]
}
