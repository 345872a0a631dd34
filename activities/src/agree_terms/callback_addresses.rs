//! The addresses that the partner may be told to call.

use callback_token::{LONGEST_TOKEN, PAYMENTS_PATH, QUERY_PARAMETER, SAVED_CARDS_PATH};
use url::{Origin, Url};
use workflows::contract::request::{InvalidRequest, PaymentRequest};

use crate::address;

/// The longest address that the partner accepts (`paymentCompletedCallbackUrl` in its API).
const LONGEST_ADDRESS: usize = 512;

/// The addresses that the partner may be told to call.
pub struct CallbackAddresses {
    gateway: Url,
    allowed_origins: Vec<Origin>,
}

impl CallbackAddresses {
    /// Parses the gateway's address and the allow-list (`scheme://host:port` each). The error names the
    /// field.
    pub fn new(gateway: &str, allowed_origins: &[String]) -> Result<CallbackAddresses, String> {
        let gateway = gateways(gateway).map_err(|problem| format!("url: {problem}"))?;
        let allowed_origins = allowed_origins
            .iter()
            .map(|text| match address::configured(text) {
                Ok(url) if url.path() == "/" => Ok(url.origin()),
                Ok(url) => Err(format!(
                    "allowed_origins: {text} must have no path: write {}, and the request names the \
                     whole address",
                    url.origin().ascii_serialization()
                )),
                Err(problem) => Err(format!("allowed_origins: {text} {problem}")),
            })
            .collect::<Result<_, _>>()?;
        Ok(CallbackAddresses {
            gateway,
            allowed_origins,
        })
    }

    /// The gateway's address for payments, without a token.
    pub fn for_payments(&self) -> &Url {
        &self.gateway
    }

    /// The gateway's address for saved cards, without a token. It is next to the one for payments.
    pub fn for_saved_cards(&self) -> Url {
        let mut url = self.gateway.clone();
        let path = url.path();
        let before = path.strip_suffix(PAYMENTS_PATH).unwrap_or(path);
        url.set_path(&format!("{before}{SAVED_CARDS_PATH}"));
        url
    }

    pub(super) fn for_request(&self, request: &PaymentRequest) -> Result<Url, InvalidRequest> {
        let Some(text) = &request.payment_completed_callback_url else {
            return Ok(self.gateway.clone());
        };
        let refused = |rule: String| InvalidRequest::new("payment_completed_callback_url", rule);
        fits(text).map_err(refused)?;
        let url = address::exact(text).map_err(refused)?;
        if !self.allowed_origins.contains(&url.origin()) {
            return Err(refused(
                "is not at a configured place for callbacks".to_owned(),
            ));
        }
        Ok(url)
    }
}

/// The gateway's address. If its path or its spelling is wrong, the error has the whole address to
/// write.
fn gateways(text: &str) -> Result<Url, String> {
    let url = as_served(address::plain(text)?);
    if url.as_str() != text {
        return Err(format!(
            "must end in {PAYMENTS_PATH}, the path that the gateway serves, and be written exactly \
             as it is called, like {url}"
        ));
    }
    fits(url.as_str())?;
    Ok(url)
}

/// The address with the gateway's path. A proxy in front of the gateway may take away what comes
/// before it, and would serve no slash twice.
fn as_served(mut url: Url) -> Url {
    let parts = url.path().split('/').filter(|part| !part.is_empty());
    let path: String = parts.flat_map(|part| ["/", part]).collect();
    let is_served = path.ends_with(PAYMENTS_PATH);
    url.set_path(if is_served { &path } else { PAYMENTS_PATH });
    url
}

/// An address must leave room for its token.
fn fits(address: &str) -> Result<(), String> {
    let longest = LONGEST_ADDRESS - LONGEST_TOKEN - QUERY_PARAMETER.len() - 2;
    if address.len() > longest {
        Err(format!(
            "must be at most {longest} characters long, so that a token fits on"
        ))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATEWAY: &str = "https://gateway.example/v1/on_payment_completed";

    fn request(url: &str) -> PaymentRequest {
        let json = format!(
            r#"{{"request_id":"r","order_id":"o","amount":"1","currency":"KGS",
                "payment_completed_callback_url":"{url}"}}"#
        );
        PaymentRequest::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_requests_own_callback_address_must_be_at_an_allowed_place() {
        let allowed = ["https://other.example:8443".to_owned()];
        let callback = CallbackAddresses::new(GATEWAY, &allowed).unwrap();
        let long = format!("https://other.example:8443/{}", "x".repeat(480));
        for (url, allowed) in [
            ("https://other.example:8443/cb", true),
            ("https://other.example:8443/", true),
            ("https://other.example:8443", false),
            (r"https://other.example:8443\\@evil.example/", false),
            (r"https://other.example:8443/cb\t", false),
            ("https://Other.example:8443/cb", false),
            ("https://other.example:8443/a/../cb", false),
            ("https://other.example:8443/%63b", false),
            ("https://other.example/cb", false),
            ("http://other.example:8443/cb", false),
            ("https://other.example:8443@evil.example/", false),
            ("https://other.example:8443/cb?a=b", false),
            ("https://other.example:8443/cb#a", false),
            ("https://evil.example:8443/cb", false),
            (GATEWAY, false),
            ("", false),
            (long.as_str(), false),
        ] {
            let decision = callback.for_request(&request(url));
            assert_eq!(decision.is_ok(), allowed, "{url}: {decision:?}");
            if let Err(invalid) = decision {
                assert_eq!(invalid.field, "payment_completed_callback_url");
            }
        }
    }

    #[test]
    fn the_gateways_address_ends_in_the_path_that_it_serves() {
        for (url, for_cards) in [
            (GATEWAY, "https://gateway.example/v1/on_card_saved"),
            (
                "https://gateway.example/sky/v1/on_payment_completed",
                "https://gateway.example/sky/v1/on_card_saved",
            ),
        ] {
            let callback = CallbackAddresses::new(url, &[]).unwrap();
            assert_eq!(callback.for_payments().as_str(), url);
            assert_eq!(callback.for_saved_cards().as_str(), for_cards);
        }
        for url in [
            "https://gateway.example",
            "https://gateway.example/cb",
            "https://gateway.example/v1/on_payment_complete",
            "https://gateway.example/v1/on_payment_completed/",
            "https://gateway.example//v1/on_payment_completed",
            "https://gateway.example/v1//on_payment_completed",
            "https://Gateway.example/v1/on_payment_completed",
            "https://gateway.example:443/v1/on_payment_completed",
            "https://GATEWAY.example:443//v1/on_payment_complete/",
            "https://gateway.example/on_payment_completed",
            "https://gateway.example/v1/on_card_saved",
        ] {
            let error = CallbackAddresses::new(url, &[]).err().unwrap();
            assert!(error.starts_with("url: must end in"), "{url}: {error}");
            assert!(
                error.ends_with(&format!("like {GATEWAY}")),
                "{url}: {error}"
            );
        }
        let proxied =
            CallbackAddresses::new("https://Gateway.example/sky//v1/on_payment_completed/", &[]);
        let error = proxied.err().unwrap();
        assert!(
            error.ends_with("like https://gateway.example/sky/v1/on_payment_completed"),
            "{error}"
        );
    }
}
