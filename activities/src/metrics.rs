//! The metrics of the calls to the partner, to billing and to procaas (`docs/metrics.md`). Labels
//! are configured names or our own constants, so that nobody outside can create new series.

use std::time::Duration;

use jiff::Timestamp;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use workflows::operation::partner_report::BillingReport;

use crate::partner::sky::answer::Answer;

const PARTNER_REQUESTS: &str = "sky_partner_requests_total";
const PARTNER_SECONDS: &str = "sky_partner_request_duration_seconds";
const PARTNER_REFUSALS: &str = "sky_partner_access_refusals_total";
const PARTNER_CLOCK: &str = "sky_partner_clock_offset_seconds";
const KEY_EXPIRY: &str = "sky_key_expiry_timestamp_seconds";
const BILLING_REQUESTS: &str = "sky_billing_requests_total";
const BILLING_SECONDS: &str = "sky_billing_request_duration_seconds";
const PROCAAS_REQUESTS: &str = "sky_procaas_requests_total";

/// The histograms, and the upper bounds of their buckets in seconds: a fast answer takes some
/// tenths of a second, and a request may take a minute at most.
pub const DURATIONS: [&str; 2] = [PARTNER_SECONDS, BILLING_SECONDS];

/// The upper bounds of [`DURATIONS`]' buckets, in seconds.
pub const DURATION_BOUNDS: [f64; 11] =
    [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// The partner's operations by their names in its API, which are the last parts of their paths.
const CALLS: [&str; 4] = [
    "initSession",
    "paymentStatus",
    "completeMerchantAcquiring",
    "processPaymentReversal",
];

const RESULTS: [&str; 8] = [
    "answered",
    "not_found",
    "refused",
    "access_refused",
    "rate_limited",
    "not_connected",
    "withheld",
    "unclear",
];

/// The reasons in its API for which the partner denies us access. Other reasons are counted as
/// "other".
const REASONS: [&str; 6] = [
    "signature_invalid",
    "key_unknown",
    "merchant_unknown",
    "timestamp_skewed",
    "key_purpose_mismatch",
    "merchant_blocked",
];

const OTHER_REASON: &str = "other";

const BILLING_RESULTS: [&str; 3] = ["recorded", "refused", "no_answer"];

const PROCAAS_RESULTS: [&str; 4] = ["taken", "refused", "no_answer", "not_configured"];

/// Describes the metrics, and starts each series of these merchant accounts at 0: `rate` misses the
/// first count of a series that appears with it.
pub(crate) fn start<'a>(merchants: impl Iterator<Item = &'a str>) {
    describe();
    for merchant in merchants {
        for call in CALLS {
            for result in RESULTS {
                partner_requests(merchant, call, result).increment(0);
            }
            drop(partner_seconds(merchant, call));
        }
        for reason in REASONS.into_iter().chain([OTHER_REASON]) {
            partner_refusals(merchant, reason).increment(0);
        }
    }
    for result in BILLING_RESULTS {
        counter!(BILLING_REQUESTS, "result" => result).increment(0);
    }
    drop(histogram!(BILLING_SECONDS));
    for result in PROCAAS_RESULTS {
        counter!(PROCAAS_REQUESTS, "result" => result).increment(0);
    }
}

/// Sets when a merchant account's signing key expires; `purpose` is the partner's name for what it
/// signs.
pub(crate) fn key_expires(merchant: &str, purpose: &str, key_id: &str, expires_at: Timestamp) {
    let labels = [
        ("merchant", merchant.to_owned()),
        ("purpose", purpose.to_lowercase()),
        ("key_id", key_id.to_owned()),
    ];
    gauge!(KEY_EXPIRY, &labels).set(seconds(expires_at.as_second()));
}

/// Counts a call to the partner, answered or not.
pub(crate) fn partner_answered<T>(merchant: &str, path: &str, answer: &Answer<T>, took: Duration) {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some(call) = CALLS.into_iter().find(|call| *call == name) else {
        return;
    };
    let result = match answer {
        Answer::Got(..) => "answered",
        Answer::Error(404, code) if code == "request_not_found" => "not_found",
        Answer::Error(401 | 403, code) => {
            let known = REASONS.into_iter().find(|reason| reason == code);
            partner_refusals(merchant, known.unwrap_or(OTHER_REASON)).increment(1);
            "access_refused"
        }
        Answer::Error(..) => "refused",
        Answer::RateLimited(_) => "rate_limited",
        Answer::NotConnected(_) => "not_connected",
        Answer::Withheld(_) => "withheld",
        Answer::Unclear(_) => "unclear",
    };
    partner_requests(merchant, call, result).increment(1);
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

fn partner_refusals(merchant: &str, reason: &'static str) -> metrics::Counter {
    counter!(PARTNER_REFUSALS, "merchant" => merchant.to_owned(), "reason" => reason)
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
        PARTNER_REFUSALS,
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
        "when a signing key expires, for keys whose not_after is configured"
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::sky::key_pair::{Payment, Purpose, Reversal};

    #[test]
    fn every_path_of_the_partner_is_counted_under_its_own_name() {
        for path in [Payment::SUBMISSION, Reversal::SUBMISSION, "/v1/initSession"] {
            let name = path.rsplit('/').next().unwrap();
            assert!(CALLS.contains(&name), "{path}");
        }
    }
}
