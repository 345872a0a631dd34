//! What `sky-worker setup` says of a namespace, and what it leaves to a person.

use doctor::search_attributes::Fault;

pub(super) fn kept(namespace: &str, days: i64) -> String {
    format!("namespace {namespace}: there, with {days} days of retention")
}

pub(super) fn raised(namespace: &str, days: i64, dry_run: bool) -> String {
    let raised = if dry_run { "would be raised" } else { "raised" };
    format!("namespace {namespace}: retention {raised} from {days} to 30 days")
}

pub(super) fn created(namespace: &str, dry_run: bool) -> String {
    let created = if dry_run {
        "would be created, with 30 days of retention and the search attributes"
    } else {
        "created, with 30 days of retention"
    };
    format!("namespace {namespace}: {created}")
}

pub(super) fn attribute(name: &str, kind: &str, state: &str) -> String {
    format!("search attribute {name} ({kind}): {state}")
}

pub(super) fn by_hand(task: &str) -> String {
    format!("to do by hand: {task}")
}

pub(super) fn to_raise(namespace: &str, days: i64) -> String {
    format!(
        "raise the retention of {namespace} from {days} to 30 days or more, in Temporal Cloud's UI or by:\n    \
         tcld namespace retention set --namespace {namespace} --retention-days 30"
    )
}

pub(super) fn to_create(namespace: &str) -> String {
    format!(
        "create the namespace {namespace} with 30 days of retention, in Temporal Cloud's UI, with Terraform or \
         by:\n    tcld namespace create --namespace {namespace} --region REGION --auth-method \
         api_key --retention-days 30"
    )
}

pub(super) fn to_create_attributes(namespace: &str, attributes: &[(&str, &str)]) -> String {
    let options = attributes.iter();
    let options: String = options
        .map(|(name, kind)| format!(" --sa {name}={kind}"))
        .collect();
    format!(
        "create the search attributes, in Temporal Cloud's UI or by:\n    \
         tcld namespace search-attributes add --namespace {namespace}{options}"
    )
}

pub(super) fn to_fix(fault: &Fault) -> String {
    format!(
        "{}; run:\n    {}\n  Removing an attribute loses what it holds.",
        fault.faults, fault.commands
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use workflows::contract::search_attributes::registrations;

    use super::*;
    use crate::views::assert_view;

    #[test]
    fn what_is_done_and_left_fits_the_terminal() {
        let namespace = "payments-production.a1b2c";
        let absent = Fault::of(&HashMap::new()).unwrap();
        let done = [
            kept(namespace, 30),
            raised(namespace, 3, false),
            raised(namespace, 3, true),
            created(namespace, false),
            created(namespace, true),
            attribute("SkyOrderId", "Keyword", "would be created"),
        ];
        let left = [
            to_raise(namespace, 3),
            to_create(namespace),
            to_create_attributes(namespace, &registrations()),
            to_fix(&absent),
        ];
        let left = left.map(|task| by_hand(&task));
        assert_view("setup", &[&done[..], &left].concat().join("\n"));
    }
}
