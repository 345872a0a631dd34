//! Whether a route fits a request, as far as workers have published their routes.

use std::collections::BTreeSet;
use std::time::Duration;

use payments_client::{Error, PaymentsClient};
use tokio::time::timeout;
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
    match timeout(LOOKS_FOR, places_elsewhere(payments, request)).await {
        Ok(Ok(Some(places))) => {
            let (country, city) = (request.country.as_deref(), request.city.as_deref());
            let rule = no_route(country, city, &places);
            Err(InvalidRequest::new("merchant", rule))
        }
        _ => Ok(()),
    }
}

/// All places that published routes lead from, if none of them fits.
async fn places_elsewhere(
    payments: &PaymentsClient,
    request: &PaymentRequest,
) -> Result<Option<BTreeSet<String>>, Error> {
    if request.merchant.is_some() {
        return Ok(None);
    }
    let accounts = payments.accounts().await?;
    let mut places = BTreeSet::new();
    for account in accounts.values() {
        // Its worker has published nothing, so it may serve any place.
        let Some(facts) = &account.facts else {
            return Ok(None);
        };
        for route in &facts.routes {
            places.insert(route.strip_suffix(FALLBACK).unwrap_or(route).to_owned());
        }
    }
    let fitting = fitting_places(request.country.as_deref(), request.city.as_deref());
    if accounts.is_empty() || fitting.iter().any(|place| places.contains(place)) {
        return Ok(None);
    }
    // A repeat leads to the first operation, whatever the routes are now.
    let earlier = payments.operation(&request.request_id).describe().await;
    Ok(matches!(earlier, Err(Error::NotFound(_))).then_some(places))
}

/// What was asked for, what there is, and the fix.
fn no_route(country: Option<&str>, city: Option<&str>, places: &BTreeSet<String>) -> String {
    let asked = match (country, city) {
        (Some(country), Some(city)) => format!("country {country:?} and city {city:?}"),
        (Some(country), None) => format!("country {country:?} without a city"),
        (None, Some(city)) => format!("city {city:?} without a country"),
        (None, None) => "a request without country and city".to_owned(),
    };
    // In its own country the cities matter, in others only that there are routes.
    let near: BTreeSet<&str> = places
        .iter()
        .map(|place| match place.split_once('/') {
            Some((other, _)) if other != "*" && Some(other) != country => other,
            _ => place.as_str(),
        })
        .collect();
    let there_are = if near.is_empty() {
        "there are no routes".to_owned()
    } else {
        let near: Vec<&str> = near.into_iter().collect();
        format!("there are routes for {}", near.join(", "))
    };
    format!(
        "is absent, and no published route fits {asked}; {there_are} (sky-payments accounts lists \
         them); correct the country or the city, or name the merchant; --without-route starts it \
         all the same"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_without_a_route_is_told_with_those_that_have_one() {
        let places = ["KG", "KZ/Almaty", "KZ/Astana", "UZ/Tashkent", "*/Osh"];
        let places = BTreeSet::from(places.map(str::to_owned));
        for (country, city, asked, there_are) in [
            (
                Some("ZZ"),
                None,
                "country \"ZZ\" without a city;",
                "for */Osh, KG, KZ, UZ (",
            ),
            (
                Some("KZ"),
                Some("Aktau"),
                "country \"KZ\" and city \"Aktau\";",
                "for */Osh, KG, KZ/Almaty, KZ/Astana, UZ (",
            ),
            (
                None,
                Some("Naryn"),
                "city \"Naryn\" without a country;",
                "for */Osh, KG, KZ, UZ (",
            ),
            (
                None,
                None,
                "a request without country and city;",
                "for */Osh, KG, KZ, UZ (",
            ),
        ] {
            let rule = no_route(country, city, &places);
            for words in [asked, there_are, "name the merchant", "--without-route"] {
                assert!(rule.contains(words), "{words:?} is not in {rule}");
            }
        }
        let rule = no_route(Some("KG"), None, &BTreeSet::new());
        assert!(rule.contains("there are no routes"), "{rule}");
    }
}
