//! What the Temporal UI shows of an operation: its current details in Markdown, and one line for
//! the timer that it waits on. Neither costs an event: the details are the answer to a query, and
//! the line belongs to an event that exists anyway. No secrets, no personal data.

use std::fmt::Write;

use jiff::Timestamp;
use temporalio_workflow::WorkflowContext;

use crate::contract::advice::Stake;
use crate::contract::approval::Proposal;
use crate::contract::resolution::ByHand;
use crate::contract::state::{Phase, State};
use crate::flow::payment_workflow::{PaymentWorkflow, now};
use crate::flow::run::Run;
use crate::markdown::{code, from_then_on, labelled, moment};
use crate::operation::Operation;
use crate::operation::advice::{Offer, offers};

/// The longest line, in characters: a summary has to fit into a list.
const LONGEST_LINE: usize = 180;

/// Writes the current details. Must be called whenever something in them has changed.
pub(crate) fn show<W: PaymentWorkflow>(ctx: &WorkflowContext<W>) {
    let moment = now(ctx);
    ctx.set_current_details(ctx.state(|w| markdown(w.run_state(), moment)));
}

/// One line for the timer that an operation waits on.
pub(crate) fn line(state: &State) -> String {
    let mut line = state.phase.as_str().to_owned();
    if let Some(stake) = state.at_stake {
        let _ = write!(line, " ({})", stake.label());
    }
    if let Some(error) = &state.last_error {
        let _ = write!(line, ": {error}");
    }
    line.chars().take(LONGEST_LINE).collect()
}

/// It is read later than `written`, so advice that depends on the time says from when it holds.
fn markdown(run: &Run, written: Timestamp) -> String {
    let state = run.state(written);
    let operation = run.operation_as_known_here(written);
    let operation = operation.as_deref();
    let mut facts = vec![labelled("Phase", &phase(run))];
    if let Some(error) = &state.last_error {
        let label = match state.phase {
            Phase::NeedsAttention | Phase::Closed => "Why",
            _ => "Trouble",
        };
        facts.push(labelled(label, &code(&error.words)));
    }
    if let Some(by_hand) = operation.and_then(|operation| operation.by_hand.as_ref()) {
        facts.push(labelled("Closed by", &closed_by(by_hand)));
    }
    if let Some(proposal) = &state.proposal {
        facts.push(labelled("Proposed", &proposed(proposal)));
    }
    if let Some(account) = &state.account {
        let [merchant, partner, chosen_by] =
            [&account.merchant, &account.partner, &account.chosen_by].map(|text| code(text));
        let line = format!("{merchant} at {partner}, chosen by {chosen_by}");
        facts.push(labelled("Account", &line));
    }
    facts.push(labelled("At stake", &stake(&state, operation)));
    facts.push(labelled("Last report", &last_heard(&state)));
    facts.push(labelled("What happens next", &next(run, operation, &state)));
    facts.push(labelled("So far", &so_far(&state)));
    let mut paragraphs = vec![format!("### {}", headline(run, &state))];
    // The workflow may have been started without a summary.
    paragraphs.extend(operation.map(|operation| operation.summary().markdown()));
    paragraphs.push(facts.join("\n"));
    paragraphs.push("**What may be done**".to_owned());
    paragraphs.push(actions(run, operation, written));
    paragraphs.join("\n\n")
}

fn headline(run: &Run, state: &State) -> String {
    match (run.phase, run.ending) {
        (Phase::Closed, Some(ending)) => format!("Closed: {}", ending.as_str()),
        (Phase::Closed, None) => "Closed before anything was sent".to_owned(),
        (Phase::NeedsAttention, _) => "Needs attention".to_owned(),
        _ => {
            let words = state.in_words();
            let (first, rest) = words.split_at(1);
            first.to_uppercase() + rest
        }
    }
}

fn phase(run: &Run) -> String {
    let phase = code(run.phase.as_str());
    // A wait continues while the partner is asked in between.
    let resting = run.resting.filter(|(resting, _)| *resting == run.phase);
    match resting.map(|(_, since)| since).or(run.since) {
        Some(since) => format!("{phase} since {}", moment(since)),
        None => phase,
    }
}

fn stake(state: &State, operation: Option<&Operation>) -> String {
    let (Some(stake), Some(operation)) = (state.at_stake, operation) else {
        return "no money: nothing was sent".to_owned();
    };
    match stake {
        Stake::NothingSent | Stake::Agreed => format!("no money: {}", stake.label()),
        Stake::ClosedByHand => stake.label().to_owned(),
        Stake::OutcomeOpen | Stake::MoneyTakenNotBilled | Stake::MoneyReturnedNotConfirmed => {
            format!("**{}**: {}", operation.request.money, stake.label())
        }
    }
}

fn last_heard(state: &State) -> String {
    match &state.last_heard {
        Some(report) => format!(
            "{} from {} at {}",
            code(&report.words),
            report.from.label(),
            moment(report.at)
        ),
        None => "nothing yet".to_owned(),
    }
}

fn next(run: &Run, operation: Option<&Operation>, state: &State) -> String {
    if run.phase == Phase::Closed {
        return "nothing: it has ended".to_owned();
    }
    if let Some(until) = run.step_until {
        let until = moment(until);
        return format!("a step is under way; its answer is here by {until}, or was lost");
    }
    let (Some(operation), Some(at)) = (operation, state.next_check_at) else {
        return "its terms are agreed, then it is submitted".to_owned();
    };
    let what = match (&operation.billing, operation.submission.nothing_sent()) {
        (Some(_), _) => "billing is told again",
        (None, true) => "it is submitted",
        (None, false) => "the partner is asked",
    };
    let mut next = format!(
        "{what} at {}, or at once on a callback or `check_now`",
        moment(at)
    );
    if run.phase != Phase::NeedsAttention {
        let deadline = moment(operation.deadline());
        let _ = write!(
            next,
            "; still open at {deadline}, it needs an operator's attention"
        );
    }
    next
}

fn closed_by(by_hand: &ByHand) -> String {
    let mut words = code(&by_hand.resolved_by);
    for (before, text) in [
        (", approved by ", &by_hand.approved_by),
        (", because ", &by_hand.resolution_reason),
        (", ticket ", &by_hand.ticket),
    ] {
        if let Some(text) = text {
            words += before;
            words += &code(text);
        }
    }
    words
}

/// What one operator has proposed and another one has to approve.
fn proposed(proposal: &Proposal) -> String {
    let resolution = &proposal.resolution;
    let mut words = format!(
        "resolve as {}, by {} at {}, because {}",
        code(resolution.resolve_as.as_str()),
        code(&resolution.operator),
        moment(proposal.proposed_at),
        code(&resolution.reason),
    );
    for (before, id) in [
        (", as the partner's ", &resolution.partner_payment_id),
        (
            ", with billing's document ",
            &resolution.billing_document_id,
        ),
    ] {
        if let Some(id) = id {
            words += before;
            words += &code(id);
        }
    }
    words + "; another operator approves it"
}

fn so_far(state: &State) -> String {
    format!(
        "asked for its status {}, {} received",
        counted(state.status_checks, "time"),
        counted(state.callbacks_received, "callback"),
    )
}

fn counted(count: u32, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

fn actions(run: &Run, operation: Option<&Operation>, written: Timestamp) -> String {
    let mut lines: Vec<String> = match (run.phase, operation) {
        (Phase::Closed, _) => {
            return "- **Nothing**: the same request again is answered with this end".to_owned();
        }
        (Phase::NeedsAttention, Some(operation)) => {
            let offers = offers(operation, written);
            let offers = offers.iter().filter(|offer| run.may_offer(&offer.advice));
            offers.map(offered).collect()
        }
        _ => vec![
            "- **Safe**: wait, it goes on by itself".to_owned(),
            "- **Safe**: `check_now`, it tries at once whatever waits".to_owned(),
            "- **Refused for now**: `resolve`, until it needs attention".to_owned(),
        ],
    };
    lines.push(
        "- **Never**: terminate it, money may be on its way; a request to cancel changes nothing \
         once it was sent"
            .to_owned(),
    );
    lines.push(
        "- **No need**: reset it; that moves nothing twice, and takes time to ask anew".to_owned(),
    );
    lines.join("\n")
}

fn offered(Offer { advice, not_before }: &Offer) -> String {
    let resolve_as = match (advice.safe, not_before) {
        (true, None) => "Safe".to_owned(),
        (false, None) => "Not safe".to_owned(),
        (true, Some(at)) => format!("Refused before {}, safe after that", from_then_on(*at)),
        (false, Some(at)) => format!("Refused before {}, not safe after that", from_then_on(*at)),
    };
    let action = code(advice.action.label());
    format!("- **{resolve_as}**: {action}: {}", code(&advice.because))
}

#[cfg(test)]
mod tests;
