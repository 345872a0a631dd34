//! Which fault a connection gets: one that is drawn by the seed, or one that waits for its request.

use std::collections::BTreeMap;

use super::injection::Injection;
use super::policy::Policy;

/// The faults to draw, and those that were drawn.
pub(super) struct Shared {
    pub(super) policy: Policy,
    pub(super) random: fastrand::Rng,
    /// Drawn one by one, so that every kind comes before any of them comes again.
    pub(super) deck: Vec<Injection>,
    pub(super) strikes: Vec<Strike>,
    pub(super) injected: BTreeMap<Injection, usize>,
}

/// A fault that waits for the first request that contains these bytes.
pub(super) struct Strike {
    pub(super) bytes: Vec<u8>,
    pub(super) injection: Injection,
}

/// The fault that one connection gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) injection: Injection,
    /// After this many requests with their answers.
    pub(super) skip: u32,
}

impl Shared {
    pub(super) fn deal(&mut self) -> Option<Fault> {
        let one_in = self.policy.one_in;
        if one_in == 0 || self.random.u32(..one_in) != 0 {
            return None;
        }
        if self.deck.is_empty() {
            self.deck = Injection::ALL.to_vec();
            self.random.shuffle(&mut self.deck);
        }
        let injection = self.deck.pop()?;
        let skip = self.random.u32(..REQUESTS_OF_A_CALLER);
        Some(Fault { injection, skip })
    }

    /// The fault that waited for this request.
    pub(super) fn struck(&mut self, request: &[u8]) -> Option<Fault> {
        let holds = |strike: &Strike| {
            let mut windows = request.windows(strike.bytes.len().max(1));
            windows.any(|window| window.starts_with(&strike.bytes))
        };
        let place = self.strikes.iter().position(holds)?;
        let injection = self.strikes.remove(place).injection;
        Some(Fault { injection, skip: 0 })
    }

    /// A fault that was drawn but did not take effect is drawn again.
    pub(super) fn conclude(&mut self, dealt: Option<Fault>, broken: Option<Injection>) {
        if let Some(injection) = broken {
            *self.injected.entry(injection).or_default() += 1;
        }
        if let Some(Fault { injection, .. }) = dealt
            && broken != Some(injection)
        {
            self.deck.push(injection);
        }
    }
}

/// A caller makes up to three requests in a row: a session, a question, a submission.
const REQUESTS_OF_A_CALLER: u32 = 3;
