//! The partner's dates: parsed once, and passed on as a point in time.

use harness::Stack;
use jiff::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};

use crate::books::{charge, ends, needs_attention, set_custom_scenario, stack, state};

#[rstest]
#[case::an_offset("dated-1", "%Y-%m-%dT%H:%M:%S%:z")]
#[case::fractions("dated-2", "%Y-%m-%dT%H:%M:%S.%9f%:z")]
#[case::small_letters("dated-3", "%Y-%m-%dt%H:%M:%S%:z")]
#[tokio::test]
async fn a_date_of_rfc_3339_is_billed_once_and_told_in_utc(#[case] id: &str, #[case] form: &str) {
    let stack = stack().await;
    writes_dates(&stack, id, form).await;
    charge(&stack, id).await;
    let result = ends(&stack, id, "completed").await;
    let told = result["completed_at"].as_str().unwrap();
    let moment: Timestamp = told.parse().unwrap();
    assert_eq!(told, moment.to_string(), "it is not written in UTC with Z");
    let finished = operation(&stack, id).await["finished_at"].clone();
    let finished: Timestamp = finished.as_str().unwrap().parse().unwrap();
    let off = finished.duration_since(moment);
    assert!(off.as_secs() == 0, "{told} is not the moment {finished}");
    let billed = stack.billing().documents(id).await.unwrap();
    assert_eq!((billed.len(), billed[0].repeats), (1, 0));
    assert_eq!(billed[0].completed_at, told);
}

#[rstest]
#[case::an_offset_without_colon("undated-1", "%Y-%m-%dT%H:%M:%S%z")]
#[case::an_offset_of_hours("undated-2", "%Y-%m-%dT%H:%M:%S+06")]
#[case::a_space("undated-3", "%Y-%m-%d %H:%M:%S%:z")]
#[case::no_seconds("undated-4", "%Y-%m-%dT%H:%M%:z")]
#[case::a_zones_name("undated-5", "%Y-%m-%dT%H:%M:%S%:z[Asia/Bishkek]")]
#[tokio::test]
async fn a_date_that_is_none_leaves_the_outcome_open_until_the_partner_writes_it_rightly(
    #[case] id: &str,
    #[case] form: &str,
) {
    let stack = stack().await;
    writes_dates(&stack, id, form).await;
    charge(&stack, id).await;
    needs_attention(&stack, id, "unreadable").await;
    assert_eq!(state(&stack, id).await["submitted"], true);
    assert!(stack.billing().documents(id).await.unwrap().is_empty());
    writes_dates(&stack, id, "%Y-%m-%dT%H:%M:%S%:z").await;
    ends(&stack, id, "completed").await;
}

async fn writes_dates(stack: &Stack, id: &str, form: &str) {
    let scenario = json!({ "updated_at_form": form, "completes_after": "100ms" });
    set_custom_scenario(stack, id, scenario).await;
}

async fn operation(stack: &Stack, id: &str) -> Value {
    let operations = stack.partner().operations().await.unwrap();
    let found = operations.into_iter().find(|it| it["request_id"] == id);
    found.unwrap()
}
