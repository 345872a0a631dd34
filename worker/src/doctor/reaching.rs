//! Whether an outside system answers at all.

use activities::reach;
use doctor::Finding;
use url::Url;

use crate::configuration::Configuration;

/// Any answer will do: nobody is asked for anything.
pub(super) async fn reachable(
    name: &str,
    setting: &str,
    url: &Url,
    configuration: &Configuration,
) -> Finding {
    let about = format!("{name} at {}", host(url));
    let within = configuration.configuration.schedule.request_timeout;
    match reach::get(&configuration.clients, url, within).await {
        Ok(_) => Finding::ok(about, "answers"),
        Err(error) => unreachable(about, error, setting),
    }
}

/// What does not answer at the address of a setting.
pub(super) fn unreachable(about: String, error: String, setting: &str) -> Finding {
    let fix = format!(
        "start it, correct {setting}, open the way to it, or name its authority in http.ca_file"
    );
    Finding::wrong(about, format!("does not answer: {error}"), fix)
}

/// The address without its path.
pub(super) fn host(url: &Url) -> String {
    url.origin().ascii_serialization()
}
