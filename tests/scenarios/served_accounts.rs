//! Workers that serve only some accounts.

use std::fs;

use crate::books::{builder, charge, ends, give_back};
use crate::keys::change_worker_file;
use crate::rotation::worker;

#[tokio::test]
async fn an_account_is_served_by_a_worker_of_its_own_and_only_that_one_has_its_keys() {
    let mut stack = builder().workers(0).start().await.unwrap();
    let keys = stack.folder().join("keys");
    let elsewhere = stack.folder().join("elsewhere");
    fs::rename(&keys, &elsewhere).unwrap();
    change_worker_file(&stack, "[worker]", "[worker]\naccounts = []");
    stack.start_worker().await.unwrap();

    fs::rename(&elsewhere, &keys).unwrap();
    let only = "workflows = false\naccounts = [\"kg-main\"]";
    change_worker_file(&stack, "accounts = []", only);
    stack.start_worker().await.unwrap();
    charge(&stack, "apart").await;
    ends(&stack, "apart", "completed").await;
    give_back(&stack, "apart-too").await;
    ends(&stack, "apart-too", "completed").await;
}

#[tokio::test]
async fn an_account_that_is_not_there_cannot_be_served() {
    let stack = builder().workers(0).start().await.unwrap();
    change_worker_file(&stack, "[worker]", "[worker]\naccounts = [\"kg-mian\"]");
    let (code, words) = worker(&stack, "check").await;
    assert_eq!(code, Some(78));
    let problem = "worker.accounts: there is no account \"kg-mian\"; there are kg-main";
    assert!(words.contains(problem), "{words}");
    change_worker_file(&stack, "[\"kg-mian\"]", "[]\nworkflows = false");
    let (code, words) = worker(&stack, "check").await;
    assert_eq!(code, Some(78));
    assert!(
        words.contains("worker.accounts: must not be empty"),
        "{words}"
    );
}
