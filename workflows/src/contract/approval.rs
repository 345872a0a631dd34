//! Closing an operation by hand with two people, where its terms ask for it: what one operator
//! proposes takes effect only when another one has approved it. Pure code.
//!
//! Operators' names are not verified here. Temporal's own authorization decides who may send an
//! update at all.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::resolution::{
    Resolution, ResolutionError, ResolveAs, check_nothing_left_over, check_text,
};
use strict_json::JsonObject;

/// A resolution that waits for another operator's approval.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proposal {
    /// What one operator proposes.
    #[serde(flatten)]
    pub resolution: Resolution,
    /// When it was proposed. An approval repeats this time, so that nobody approves a proposal that
    /// has been replaced meanwhile.
    #[cfg_attr(feature = "schema", schemars(with = "crate::contract::moment::Moment"))]
    pub proposed_at: Timestamp,
}

/// The argument of the update `approve_resolution`: another operator's approval of one proposal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Approval {
    /// The end that is approved, as proposed.
    #[serde(rename = "as")]
    pub resolve_as: ResolveAs,
    /// When the approved proposal was made.
    #[cfg_attr(feature = "schema", schemars(with = "crate::contract::moment::Moment"))]
    pub proposed_at: Timestamp,
    /// Who approves it: a different operator from the one who proposed it.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"\S"), length(max = 1000))
    )]
    pub operator: String,
}

/// The argument of the update `withdraw_resolution`. Anybody may withdraw, since it moves no money.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Withdrawal {
    /// Who withdraws the proposal.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"\S"), length(max = 1000))
    )]
    pub operator: String,
    /// Why.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"\S"), length(max = 1000))
    )]
    pub reason: String,
}

impl Proposal {
    /// Checks that `approval` is about this proposal and comes from another operator.
    pub fn check(&self, approval: &Approval) -> Result<(), ResolutionError> {
        let Resolution {
            resolve_as,
            operator,
            ..
        } = &self.resolution;
        if approval.resolve_as != *resolve_as || approval.proposed_at != self.proposed_at {
            return Err(ResolutionError::OtherProposal {
                resolve_as: resolve_as.as_str(),
                operator: operator.clone(),
                proposed_at: self.proposed_at,
            });
        }
        if is_same_person(operator, &approval.operator) {
            return Err(ResolutionError::SameOperator(operator.clone()));
        }
        Ok(())
    }
}

impl Approval {
    /// Parses the argument of the update.
    pub fn parse(json: &[u8]) -> Result<Approval, ResolutionError> {
        let mut object = JsonObject::parse(json)?;
        let proposed_at = object.required("proposed_at")?;
        let approval = Approval {
            resolve_as: ResolveAs::parse(&object.required("as")?)?,
            proposed_at: proposed_at.parse().map_err(|_| {
                let rule = "proposed_at must be the time that the proposal has in the state";
                ResolutionError::Input(rule.to_owned())
            })?,
            operator: object.required("operator")?,
        };
        check_text("operator", &approval.operator)?;
        check_nothing_left_over(&object)?;
        Ok(approval)
    }
}

impl Withdrawal {
    /// Parses the argument of the update.
    pub fn parse(json: &[u8]) -> Result<Withdrawal, ResolutionError> {
        let mut object = JsonObject::parse(json)?;
        let withdrawal = Withdrawal {
            operator: object.required("operator")?,
            reason: object.required("reason")?,
        };
        check_text("operator", &withdrawal.operator)?;
        check_text("reason", &withdrawal.reason)?;
        check_nothing_left_over(&object)?;
        Ok(withdrawal)
    }
}

/// Names that differ only in spaces and capitals are the same person.
fn is_same_person(one: &str, other: &str) -> bool {
    let normalised = |name: &str| {
        let words: Vec<&str> = name.split_whitespace().collect();
        words.join(" ").to_lowercase()
    };
    normalised(one) == normalised(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "2026-11-24T12:00:00Z";

    fn proposal() -> Proposal {
        let json = br#"{"as":"abandoned","operator":"Ann Lee","reason":"x","ticket":"OPS-7"}"#;
        Proposal {
            resolution: Resolution::parse(json).unwrap(),
            proposed_at: NOON.parse().unwrap(),
        }
    }

    fn approval(resolve_as: &str, proposed_at: &str, operator: &str) -> Approval {
        let json = serde_json::json!({
            "as": resolve_as, "proposed_at": proposed_at, "operator": operator,
        });
        Approval::parse(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn another_operator_approves_the_proposal_that_is_there() {
        assert_eq!(
            proposal().check(&approval("abandoned", NOON, "Ben Lee")),
            Ok(())
        );
    }

    #[test]
    fn the_same_person_does_not_approve_whatever_the_spelling() {
        for name in ["Ann Lee", "ann lee", " ANN  LEE ", "\tAnn\u{a0}Lee\n"] {
            assert_eq!(
                proposal().check(&approval("abandoned", NOON, name)),
                Err(ResolutionError::SameOperator("Ann Lee".to_owned())),
                "{name:?}"
            );
        }
    }

    #[test]
    fn what_was_replaced_meanwhile_is_not_approved() {
        for other in [
            approval("completed", NOON, "ben"),
            approval("abandoned", "2026-11-24T11:59:59Z", "ben"),
        ] {
            let refusal = proposal().check(&other).unwrap_err().to_string();
            assert!(
                refusal.contains("abandoned, by Ann Lee at 2026-11-24T12:00:00Z"),
                "{refusal}"
            );
        }
    }

    #[test]
    fn a_proposal_reads_and_writes_as_a_resolution_with_its_time() {
        let json = serde_json::to_value(proposal()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "as": "abandoned", "operator": "Ann Lee", "reason": "x", "ticket": "OPS-7",
                "proposed_at": "2026-11-24T12:00:00Z",
            })
        );
        assert_eq!(
            serde_json::from_value::<Proposal>(json).unwrap(),
            proposal()
        );
    }

    #[test]
    fn arguments_that_break_a_rule_name_their_field() {
        for (json, problem) in [
            (r#"{"as":"abandoned","operator":"ben"}"#, "proposed_at"),
            (
                r#"{"as":"abandoned","operator":"ben","proposed_at":"noon"}"#,
                "proposed_at",
            ),
            (
                r#"{"as":"abandoned","operator":" ","proposed_at":"2026-11-24T12:00:00Z"}"#,
                "operator",
            ),
            (
                r#"{"as":"paid","operator":"ben","proposed_at":"2026-11-24T12:00:00Z"}"#,
                "as must be",
            ),
            (
                r#"{"as":"declined","operator":"b","proposed_at":"2026-11-24T12:00:00Z","x":"y"}"#,
                "x is not a field",
            ),
        ] {
            let refusal = Approval::parse(json.as_bytes()).unwrap_err().to_string();
            assert!(refusal.contains(problem), "{json}: {refusal}");
        }
        for (json, problem) in [
            (r#"{"operator":"ann"}"#, "reason"),
            (r#"{"operator":"","reason":"x"}"#, "operator"),
            (
                r#"{"operator":"ann","reason":"x","as":"abandoned"}"#,
                "as is not",
            ),
        ] {
            let refusal = Withdrawal::parse(json.as_bytes()).unwrap_err().to_string();
            assert!(refusal.contains(problem), "{json}: {refusal}");
        }
    }
}
