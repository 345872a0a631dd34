//! What the doctor says, as an operator reads it.

use super::*;
use crate::example::context;
use crate::terminal::captured::assert_view;

#[test]
fn findings_fit_the_terminal() {
    let findings = [
        Finding::ok("Temporal at http://localhost:7233/", "version 1.30.1"),
        Finding::wrong(
            "namespace default",
            "keeps closed payments for 1 d",
            "`sky-worker setup` raises it to 30 days: a partner may dispute a payment for so long, \
             and its request id must not be taken for a new one",
        ),
        Finding::warning(
            "search attributes",
            "these credentials may not list them",
            "look at them where they are managed, such as in Temporal Cloud's UI",
        ),
    ];
    assert_view("doctor", || print_findings(&context().output, &findings));
}
