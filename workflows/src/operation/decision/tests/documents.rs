//! Billing documents that somebody created by hand.

use super::*;

#[test]
fn a_document_made_by_hand_counts_only_with_the_partners_completed() {
    let by_hand = Resolution {
        billing_document_id: Some("b-1".to_owned()),
        ..resolution(ResolveAs::Completed, None)
    };
    let hear = |report: &StatusReport| submission().asked().verdict_on(report, None);
    let completed = hear(&shown("completed", "1.00"));
    assert_eq!(
        by_hand.decide_completed(&completed),
        Ok(Billed::ByHand("b-1".to_owned()))
    );
    for (report, problem) in [
        (shown("declined", "1.00"), "the partner says otherwise"),
        (shown("completed", "2.00"), "the partner says otherwise"),
        (shown("pending", "1.00"), "must say completed"),
        (StatusReport::NotFound, "it said not found"),
        (silence(), "it said nothing: no connection"),
    ] {
        let refusal = by_hand.decide_completed(&hear(&report)).unwrap_err();
        assert!(refusal.to_string().contains(problem), "{refusal}");
    }
    let told = resolution(ResolveAs::Completed, None);
    assert_eq!(
        told.decide_completed(&hear(&silence())),
        Ok(Billed::TellAgain)
    );
    for resolve_as in [ResolveAs::Declined, ResolveAs::Abandoned] {
        let refusal = resolution(resolve_as, None).decide_completed(&completed);
        assert!(
            matches!(refusal, Err(ResolutionError::PartnerDiffers(_))),
            "{refusal:?}"
        );
    }
}

#[test]
fn a_documents_id_is_visible_and_goes_with_a_completion() {
    let parse = |resolve_as: &str, id: &str| {
        let json = serde_json::json!({
            "as": resolve_as, "operator": "ann", "reason": "x", "billing_document_id": id,
        });
        Resolution::parse(json.to_string().as_bytes())
    };
    let longest = "я".repeat(256);
    for id in ["b", "DOC/2026-№7", longest.as_str()] {
        let resolution = parse("completed", id).unwrap();
        assert_eq!(resolution.billing_document_id.as_deref(), Some(id));
    }
    let too_long = "b".repeat(257);
    for id in [
        "",
        " ",
        "b 1",
        "b\n1",
        "b\u{1b}[2J",
        "b\u{202e}1",
        "b\u{200b}1",
        &too_long,
    ] {
        let refusal = parse("completed", id).unwrap_err().to_string();
        assert!(refusal.contains("billing_document_id"), "{id:?}: {refusal}");
    }
    for resolve_as in ["declined", "abandoned"] {
        let refusal = parse(resolve_as, "b-1").unwrap_err().to_string();
        assert!(refusal.contains("as \"completed\" alone"), "{refusal}");
    }
}
