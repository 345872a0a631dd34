//! The callback secret is changed without losing a callback: the addresses in use contain tokens
//! signed with the old one.

use callback_token::CallbackSecret;
use jiff::Timestamp;
use workflows::contract::ids::RequestId;

use super::dev_server::free_address;
use super::process::{Gateway, token, write_secret};
use super::wire::{ask, callback};

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
    let status = |gateway: &Gateway, callback: &str| ask(&gateway.public, callback).status;
    // 503: the token is good, and there is no Temporal.
    let old = callback(&token("r", 0), "r");
    let before = Gateway::start(&free_address(), "");
    assert_eq!(
        (status(&before, &old), status(&before, &under("new"))),
        (503, 403)
    );
    let both = with("new");
    assert_eq!(
        (status(&both, &old), status(&both, &under("new"))),
        (503, 503)
    );
    assert_eq!(
        status(&both, &under("newer")),
        403,
        "the same secret under no id of ours"
    );
    let swapped = with("test2");
    assert_eq!(
        (status(&swapped, &old), status(&swapped, &under("new"))),
        (503, 403)
    );
}
