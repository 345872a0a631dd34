//! What must hold with every partner: one list of scenarios, each played against an adapter and the
//! partner behind it, with the whole system around them.
//!
//! A scenario says in no partner's words what goes wrong ([`Trouble`]) and how the operation must
//! end. A [`BackEnd`] is a partner that can be made to behave so, or says why it can't. Whatever
//! happens, the books of all parties are compared at the end. `docs/adding-a-partner.md` says how to
//! add a back end.

mod back_end;
mod play;
mod scenarios;
mod sky;
mod stripe;
mod stripe_of_others;
mod trouble;

pub use back_end::{BackEnd, Staged};
pub use play::{Verdict, play};
pub use scenarios::{SCENARIOS, Scenario};
pub use sky::AtSky;
pub use stripe::AtStripe;
pub use stripe_of_others::{AtLocalStripe, AtStripeWorld};
pub use trouble::{Loss, Trouble};
