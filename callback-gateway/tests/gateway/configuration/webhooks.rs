//! Wrong accounts at Stripe.

use super::{SECRETS, folder, must_tell};

#[test]
fn each_wrong_webhook_is_named_with_its_fix() {
    let folder = folder();
    let good = "secrets = [{ file = \"good\" }]";
    let two = |first: &str, second: &str| {
        format!("secrets = [{{ file = \"{first}\" }}, {{ file = \"{second}\" }}]")
    };
    for (settings, fault) in [
        (
            "livemode = true",
            "kg.secrets: there must be 1 or 2 of them, not 0",
        ),
        (
            "secrets = []",
            "kg.secrets: there must be 1 or 2 of them, not 0",
        ),
        (
            "secrets = [{ file = \"a\" }, { file = \"b\" }, { file = \"c\" }]",
            "kg.secrets: there must be 1 or 2 of them, not 3",
        ),
        (&two("good", "good"), "good: holds the same secret"),
        (
            &two("good", "good-again"),
            "good-again: holds the same secret",
        ),
        (&two("good", "empty"), "empty: is empty"),
        (&two("short", "good"), "short: must be at least 32 bytes"),
        (&two("open", "good"), "(mode 644): chmod 600"),
        (&two("good", "absent"), "absent: can't be read"),
        (
            &format!("{good}\ntolerance = \"0s\""),
            "must be a duration from",
        ),
        (
            &format!("{good}\ntolerance = \"900ms\""),
            "webhooks.stripe.kg.tolerance: must be at least 1s",
        ),
        (
            &format!("{good}\ntolerance = \"6m\""),
            "must be a duration from",
        ),
        (
            &format!("{good}\nlivemode = \"yes\""),
            "webhooks.stripe.kg.livemode = \"yes\": must be true or false",
        ),
        (
            &format!("{good}\nmode = 1"),
            "webhooks.stripe.kg.mode is no setting",
        ),
        (
            "secrets = [{ file = \"good\", id = \"a\" }]",
            "id is no setting",
        ),
    ] {
        let toml = format!("[webhooks.stripe.kg]\n{settings}\n{SECRETS}");
        must_tell(folder.path(), &toml, fault);
    }
    for (name, fault) in [
        (
            "\"a/b\"",
            "webhooks.stripe.\"a/b\": the name is a part of the path",
        ),
        (
            "\"\"",
            "webhooks.stripe.\"\": the name is a part of the path",
        ),
        (
            "\"{a}\"",
            "webhooks.stripe.\"{a}\": the name is a part of the path",
        ),
    ] {
        let toml = format!("[webhooks.stripe.{name}]\n{good}\n{SECRETS}");
        must_tell(folder.path(), &toml, fault);
    }
    let other = format!("[webhooks.other.kg]\n{good}\n{SECRETS}");
    must_tell(folder.path(), &other, "webhooks.other is no setting");
}
