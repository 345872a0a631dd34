//! A command to one operation, as an operator sees it.

use workflows::contract::approval::{Approval, Withdrawal};
use workflows::contract::resolution::{Resolution, ResolveAs};

use super::*;
use crate::example::{
    closed_by_hand, context, needs_attention, now, operation, proposed, request_id, waiting,
};
use crate::terminal::captured::assert_view;

fn resolution(verdict: ResolveAs) -> Resolution {
    let json =
        br#"{"as":"abandoned","operator":"ann","reason":"settled by hand","ticket":"OPS-7"}"#;
    Resolution {
        resolve_as: verdict,
        ..Resolution::parse(json).unwrap()
    }
}

#[test]
fn the_end_of_each_command() {
    let resolve = || Update::Resolve(resolution(ResolveAs::Abandoned));
    let approve = Update::Approve(Approval {
        resolve_as: ResolveAs::Abandoned,
        proposed_at: now(),
        operator: "ben".to_owned(),
    });
    let withdraw = Update::Withdraw(Withdrawal {
        operator: "ann".to_owned(),
        reason: "the partner has answered".to_owned(),
    });
    for (name, update, state) in [
        ("check-now", Update::CheckNow, waiting()),
        ("resolve", resolve(), closed_by_hand()),
        ("resolve-proposed", resolve(), proposed()),
        ("approve", approve, closed_by_hand()),
        ("withdraw", withdraw, needs_attention()),
    ] {
        let it = operation("ride-7-extra-1");
        assert_view(name, || print_end(&context().output, &update, &state, &it));
    }
}

#[test]
fn a_command_against_advice_that_nobody_confirms() {
    let command = Command::Resolve(resolution(ResolveAs::Declined));
    let advice = command.contrary_advice(&needs_attention()).unwrap();
    let id = request_id("ride-7-extra-1");
    assert_view("resolve-against-advice", || {
        let confirmed = confirm_against_advice(&context(), &command, &id, &advice);
        assert!(!confirmed.map_err(io::Error::other)?);
        Ok(())
    });
}
