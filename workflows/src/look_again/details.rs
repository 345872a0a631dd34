//! What the Temporal UI shows of looking again, in the style of a payment's own details.

use jiff::Timestamp;

use super::input::LookAgainInput;
use crate::markdown::{code, labelled, moment};

/// The current details. `next` is when the partner is asked once more, none at the end.
pub(super) fn markdown(
    input: &LookAgainInput,
    next: Option<Timestamp>,
    is_cancelled: bool,
) -> String {
    let incident = input.incident.as_ref();
    let ending = input.books.ending.as_str();
    let headline = match (incident, next) {
        (None, Some(_)) => format!("Will look again at one that was closed as {ending}"),
        (Some(incident), Some(_)) => format!("Needs attention: {}", incident.kind.label()),
        (_, None) => "Closed: it was looked at again".to_owned(),
    };
    let phase = match (incident, next) {
        (None, Some(_)) => "waiting to look again".to_owned(),
        (Some(_), Some(_)) => code("needs_attention"),
        (_, None) => code("closed"),
    };
    let moved = match &input.books.moved {
        Some(moved) => format!("{} moved", code(&moved.to_string())),
        None => "nothing moved".to_owned(),
    };
    let at_stake = match incident {
        Some(incident) => format!("**{}**: {}", input.books.asked.money, incident.kind.label()),
        None => "no money: agreed".to_owned(),
    };
    let last_report = match incident {
        Some(incident) => code(&incident.words),
        None => "nothing since its end".to_owned(),
    };
    let is_open = incident.is_some() && next.is_some();
    let next = match next {
        Some(at) => format!("the partner is asked once more at {}", moment(at)),
        None => "nothing: it has ended".to_owned(),
    };
    let mut facts = vec![
        labelled("Phase", &phase),
        labelled("Our books", &format!("{}, {moved}", code(ending))),
        labelled("At stake", &at_stake),
        labelled("Last report", &last_report),
        labelled("What happens next", &next),
    ];
    if is_cancelled && is_open {
        let refused = "somebody asked for it, and the incident is kept in sight all the same";
        facts.push(labelled("Cancellation", refused));
    }
    let paragraphs = [
        format!("### {headline}"),
        input.summary().markdown(),
        facts.join("\n"),
        "**What may be done**".to_owned(),
        ACTIONS.to_owned(),
    ];
    paragraphs.join("\n\n")
}

const ACTIONS: &str = "- **Safe**: wait, it asks again by itself\n\
                       - **Safe once the books were set right by hand**: `acknowledge`, which closes \
                       an incident; it moves no money\n\
                       - **Never**: terminate it, an incident would be out of sight; a request to cancel ends \
                       it only while there is none";
