//! The callback secret is changed without losing a callback: the addresses in use contain tokens
//! signed with the old one.

use callback_token::CallbackSecret;
use jiff::Timestamp;
use workflows::contract::ids::RequestId;

use super::dev_server::free_address;
use super::process::{Gateway, token, write_secret};
use super::wire::callback;

const NEW: &[u8] = b"a-new-secret-of-more-than-32-bytes-for-tests";

#[test]
fn two_secrets_are_good_at_a_time_each_under_its_id_and_a_withdrawn_one_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new-secret");
    write_secret(&file, NEW, 0o600);
    let with = |id: &str| {
        let more = format!(
            "[[callback.secrets]]\nid = \"{id}\"\nfile = \"{}\"",
            file.display()
        );
        Gateway::start(&free_address(), &more)
    };
    let under = |id: &str| {
        let request_id = RequestId::parse("r").unwrap();
        let secret = CallbackSecret::new(id, NEW).unwrap();
        callback(&secret.issue(&request_id, Timestamp::now()), "r")
    };
    // 503: the token is good, and there is no Temporal.
    let old = callback(&token("r", 0), "r");
    let before = Gateway::start(&free_address(), "");
    assert_eq!(
        [before.status(&old), before.status(&under("new"))],
        [503, 403]
    );
    let both = with("new");
    assert_eq!([both.status(&old), both.status(&under("new"))], [503, 503]);
    let newer = both.status(&under("newer"));
    assert_eq!(newer, 403, "the same secret under no id of ours");
    let swapped = with("test2");
    let statuses = [swapped.status(&old), swapped.status(&under("new"))];
    assert_eq!(statuses, [503, 403]);
}
