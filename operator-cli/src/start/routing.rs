//! Whether a route fits a request, as far as workers have published their routes.

use std::time::Duration;

use payments_client::{Error, PaymentsClient};
use tokio::time::timeout;
use workflows::contract::account::AccountRecord;
use workflows::contract::request::{InvalidRequest, PaymentRequest};
use workflows::contract::route_place::{FALLBACK, fitting_places};

/// A start is not held up for longer.
const LOOKS_FOR: Duration = Duration::from_secs(3);

/// Refuses a request that no published route fits. Where that can't be seen, the start goes on, and
/// a worker decides.
pub(super) async fn check(
    payments: &PaymentsClient,
    request: &PaymentRequest,
) -> Result<(), InvalidRequest> {
    match timeout(LOOKS_FOR, finds_no_route(payments, request)).await {
        Ok(Ok(true)) => Err(InvalidRequest::new(
            "merchant",
            "is absent, and no route that workers have published fits the country and the city; \
             sky-payments accounts lists them, and --without-route starts it all the same",
        )),
        _ => Ok(()),
    }
}

async fn finds_no_route(
    payments: &PaymentsClient,
    request: &PaymentRequest,
) -> Result<bool, Error> {
    if request.merchant.is_some() {
        return Ok(false);
    }
    let fitting = fitting_places(request.country.as_deref(), request.city.as_deref());
    let fits = |route: &String| {
        let place = route.strip_suffix(FALLBACK).unwrap_or(route);
        fitting.iter().any(|it| it == place)
    };
    let may_serve = |account: &AccountRecord| {
        let facts = account.facts.as_ref();
        facts.is_none_or(|facts| facts.routes.iter().any(fits))
    };
    let accounts = payments.accounts().await?;
    if accounts.is_empty() || accounts.values().any(may_serve) {
        return Ok(false);
    }
    // A repeat leads to the first operation, whatever the routes are now.
    let earlier = payments.operation(&request.request_id).describe().await;
    Ok(matches!(earlier, Err(Error::NotFound(_))))
}
