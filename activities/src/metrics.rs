//! The metrics of the calls to the partner, to billing and to procaas (`docs/metrics.md`). Labels
//! are configured names or our own constants, so that nobody outside can create new series.

use std::time::Duration;

use jiff::Timestamp;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use workflows::contract::kind::Kind;
use workflows::operation::partner_report::BillingReport;

const PARTNER_REQUESTS: &str = "sky_partner_requests_total";
const PARTNER_SECONDS: &str = "sky_partner_request_duration_seconds";
const PARTNER_DENIALS: &str = "sky_partner_access_denials_total";
const PARTNER_CLOCK: &str = "sky_partner_clock_offset_seconds";
const KEY_EXPIRY: &str = "sky_key_expiry_timestamp_seconds";
const KEY_REFUSED: &str = "sky_key_refused";
const ACCOUNT_PAUSED: &str = "sky_account_paused";
const BILLING_REQUESTS: &str = "sky_billing_requests_total";
const BILLING_SECONDS: &str = "sky_billing_request_duration_seconds";
const PROCAAS_REQUESTS: &str = "sky_procaas_requests_total";

/// The histograms, and the upper bounds of their buckets in seconds: a fast answer takes some
/// tenths of a second, and a request may take a minute at most.
pub const DURATIONS: [&str; 2] = [PARTNER_SECONDS, BILLING_SECONDS];

/// The upper bounds of [`DURATIONS`]' buckets, in seconds.
pub const DURATION_BOUNDS: [f64; 11] =
    [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

const RESULTS: [&str; 9] = [
    "answered",
    "not_found",
    "refused",
    "access_denied",
    "key_not_known",
    "rate_limited",
    "not_connected",
    "withheld",
    "unclear",
];

/// The reason of a denial that its partner does not list.
const OTHER_REASON: &str = "other";

const BILLING_RESULTS: [&str; 3] = ["recorded", "refused", "no_answer"];

const PROCAAS_RESULTS: [&str; 4] = ["taken", "refused", "no_answer", "not_configured"];

/// What came back from a call to the partner.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CallResult {
    /// What was asked for.
    Answered,
    /// The partner does not know the operation.
    NotFound,
    /// A refusal for good.
    Refused,
    /// The partner denies us access, for one of its listed reasons or for another one.
    AccessDenied(Option<&'static str>),
    /// The partner does not know the key, and another key serves instead.
    KeyNotKnown,
    /// Too many calls.
    RateLimited,
    /// Not a byte was sent.
    NotConnected,
    /// It was not sent for a reason of our own.
    Withheld,
    /// Anything else; it proves nothing.
    Unclear,
}

impl CallResult {
    fn as_str(self) -> &'static str {
        match self {
            CallResult::Answered => "answered",
            CallResult::NotFound => "not_found",
            CallResult::Refused => "refused",
            CallResult::AccessDenied(_) => "access_denied",
            CallResult::KeyNotKnown => "key_not_known",
            CallResult::RateLimited => "rate_limited",
            CallResult::NotConnected => "not_connected",
            CallResult::Withheld => "withheld",
            CallResult::Unclear => "unclear",
        }
    }
}

/// Describes the metrics, and starts each series at 0: `rate` misses the first count of a series
/// that appears with it.
pub(crate) fn start() {
    describe();
    for result in BILLING_RESULTS {
        counter!(BILLING_REQUESTS, "result" => result).increment(0);
    }
    drop(histogram!(BILLING_SECONDS));
    for result in PROCAAS_RESULTS {
        counter!(PROCAAS_REQUESTS, "result" => result).increment(0);
    }
}

/// Starts the series of a merchant account, with the calls of its partner and the reasons for which it
/// denies access.
pub(crate) fn start_account(
    merchant: &str,
    calls: &[&'static str],
    denials: &'static [&'static str],
) {
    for call in calls {
        for result in RESULTS {
            partner_requests(merchant, call, result).increment(0);
        }
        drop(partner_seconds(merchant, call));
    }
    account_paused(merchant, false);
    for reason in denials.iter().chain([&OTHER_REASON]) {
        partner_denials(merchant, reason).increment(0);
    }
}

/// Sets when a merchant account's key expires.
pub(crate) fn key_expires(merchant: &str, kind: Kind, key_id: &str, at: Timestamp) {
    let labels = key_labels(merchant, kind, key_id);
    gauge!(KEY_EXPIRY, &labels).set(seconds(at.as_second()));
}

/// A series can't be removed, so one of a key that is no longer configured says that it never expires.
pub(crate) fn key_never_expires(merchant: &str, kind: Kind, key_id: &str) {
    let labels = key_labels(merchant, kind, key_id);
    gauge!(KEY_EXPIRY, &labels).set(f64::INFINITY);
}

/// Sets whether the partner said of a key that it does not know it.
pub(crate) fn key_refused(merchant: &str, kind: Kind, key_id: &str, is_refused: bool) {
    let labels = key_labels(merchant, kind, key_id);
    gauge!(KEY_REFUSED, &labels).set(if is_refused { 1 } else { 0 });
}

/// Sets whether operators have paused an account.
pub(crate) fn account_paused(merchant: &str, is_paused: bool) {
    let paused = gauge!(ACCOUNT_PAUSED, "merchant" => merchant.to_owned());
    paused.set(if is_paused { 1 } else { 0 });
}

fn key_labels(merchant: &str, kind: Kind, key_id: &str) -> [(&'static str, String); 3] {
    let purpose = match kind {
        Kind::ExtraPayment => "payment",
        Kind::PaymentReversal => "reversal",
    };
    [
        ("merchant", merchant.to_owned()),
        ("purpose", purpose.to_owned()),
        ("key_id", key_id.to_owned()),
    ]
}

/// Counts a call to the partner, answered or not, by the partner's name of it.
pub(crate) fn partner_answered(
    merchant: &str,
    call: &'static str,
    result: CallResult,
    took: Duration,
) {
    if let CallResult::AccessDenied(reason) = result {
        partner_denials(merchant, reason.unwrap_or(OTHER_REASON)).increment(1);
    }
    partner_requests(merchant, call, result.as_str()).increment(1);
    partner_seconds(merchant, call).record(took);
}

/// Notes the time that the partner wrote into an answer that arrived just now.
pub(crate) fn partner_clock_seen(merchant: &str, theirs: Timestamp) {
    let ahead = Timestamp::now().as_second() - theirs.as_second();
    gauge!(PARTNER_CLOCK, "merchant" => merchant.to_owned()).set(seconds(ahead));
}

/// Counts a call to billing, answered or not.
pub(crate) fn billing_answered(report: &BillingReport, took: Duration) {
    let result = match report {
        BillingReport::Recorded { .. } => "recorded",
        BillingReport::Refused { .. } => "refused",
        BillingReport::NoAnswer { .. } => "no_answer",
    };
    counter!(BILLING_REQUESTS, "result" => result).increment(1);
    histogram!(BILLING_SECONDS).record(took);
}

/// Counts whether procaas accepted a saved card.
pub(crate) fn procaas_answered(result: &'static str) {
    counter!(PROCAAS_REQUESTS, "result" => result).increment(1);
}

fn partner_requests(merchant: &str, call: &'static str, result: &'static str) -> metrics::Counter {
    let merchant = merchant.to_owned();
    counter!(PARTNER_REQUESTS, "merchant" => merchant, "call" => call, "result" => result)
}

fn partner_seconds(merchant: &str, call: &'static str) -> metrics::Histogram {
    histogram!(PARTNER_SECONDS, "merchant" => merchant.to_owned(), "call" => call)
}

fn partner_denials(merchant: &str, reason: &'static str) -> metrics::Counter {
    counter!(PARTNER_DENIALS, "merchant" => merchant.to_owned(), "reason" => reason)
}

/// Whole seconds, as the value of a gauge.
fn seconds(seconds: i64) -> f64 {
    seconds as f64
}

fn describe() {
    describe_counter!(
        PARTNER_REQUESTS,
        "requests to the partner, by what came back"
    );
    describe_histogram!(
        PARTNER_SECONDS,
        Unit::Seconds,
        "time from a request to the partner to the end of its answer"
    );
    describe_counter!(
        PARTNER_DENIALS,
        "requests that the partner did not let in (its 401 and 403), by its reason"
    );
    describe_gauge!(
        PARTNER_CLOCK,
        Unit::Seconds,
        "how far this clock is ahead of the time in the partner's last answer"
    );
    describe_gauge!(
        KEY_EXPIRY,
        Unit::Seconds,
        "when a key expires, for keys whose not_after is configured"
    );
    describe_gauge!(
        ACCOUNT_PAUSED,
        "1 while operators have paused the account: nothing new is submitted"
    );
    describe_gauge!(
        KEY_REFUSED,
        "1 if the partner does not know the key, until it accepts it"
    );
    describe_counter!(BILLING_REQUESTS, "requests to billing, by what came back");
    describe_counter!(
        PROCAAS_REQUESTS,
        "saved cards told to procaas, by what came back"
    );
    describe_histogram!(
        BILLING_SECONDS,
        Unit::Seconds,
        "time from a request to billing to the end of its answer"
    );
}
