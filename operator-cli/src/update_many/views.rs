//! A command to many operations, as an operator sees it.

use super::*;
use crate::example::{closed_by_hand, context, needs_attention, proposed, request_id};
use crate::terminal::captured::assert_view;

#[test]
fn what_became_of_each() {
    let refusal = "the partner says otherwise: completed (pp-9c1d4e77)";
    let ends = [
        ("ride-1-extra-1", Ok(closed_by_hand())),
        ("ride-2-extra-1", Ok(proposed())),
        ("ride-3-extra-1", Ok(needs_attention())),
        ("ride-4-extra-1", Err(Error::Refused(refusal.to_owned()))),
        (
            "ride-5-extra-1",
            Err(Error::NoWorker("Timeout expired".to_owned())),
        ),
    ];
    assert_view("resolve-many", || {
        let output = context().output;
        let mut ends = ends.iter();
        ends.try_for_each(|(id, end)| print_end(&output, &request_id(id), end))
    });
}

#[test]
fn what_nobody_confirms() {
    for (name, given) in [
        ("resolve-many-unconfirmed", None),
        ("resolve-many-misspelled", Some("yes")),
    ] {
        assert_view(name, || {
            let given = given.map(str::to_owned);
            let confirmed = confirm(&context(), "resolve 5 as abandoned", given)?;
            assert!(!confirmed);
            Ok(())
        });
    }
}
