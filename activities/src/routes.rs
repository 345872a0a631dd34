//! Routes: which merchant account serves a place if a request names no account.

use std::fmt;

use serde::Deserialize;
use workflows::contract::route_place::{FALLBACK, route_place};

use crate::accounts::Accounts;

/// The routes. Of those that fit, the most particular one is used, whatever their order.
pub struct Routes(Vec<Route>);

/// `[[routes]]`: an absent field matches everything.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Route {
    /// The country that requests name, letter by letter; every one if absent.
    country: Option<String>,
    /// The city that requests name, letter by letter; every one if absent.
    city: Option<String>,
    /// The account that serves them.
    account: String,
    /// The account that takes over if this one's partner refuses connections before anything was
    /// sent ([how](decisions/0023-a-fallback-account.md)).
    fallback: Option<String>,
}

/// The account that serves a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice<'a> {
    /// Its name.
    pub account: &'a str,
    /// The name of the one that takes over.
    pub fallback: Option<&'a str>,
    /// Why it serves the request: "KG/Bishkek: route 3".
    pub reason: String,
}

impl Routes {
    /// The account for a country and a city. Names are compared letter by letter.
    pub fn account(&self, country: Option<&str>, city: Option<&str>) -> Option<Choice<'_>> {
        let routes = self.0.iter().zip(1..);
        let fitting = routes.filter(|(route, _)| route.fits(country, city));
        let (route, number) = fitting.max_by_key(|(route, _)| route.particularity())?;
        Some(Choice {
            account: &route.account,
            fallback: route.fallback.as_deref(),
            reason: format!("{route}: route {number}"),
        })
    }

    /// The places whose routes lead to an account, like "KG/Bishkek", or name it as the fallback, like
    /// "KG/Osh (fallback)".
    pub fn leading_to(&self, account: &str) -> Vec<String> {
        let place = |route: &Route| {
            if route.account == account {
                return Some(route.to_string());
            }
            let is_fallback = route.fallback.as_deref() == Some(account);
            is_fallback.then(|| format!("{route}{FALLBACK}"))
        };
        self.0.iter().filter_map(place).collect()
    }

    /// Whether any route names a fallback.
    pub(crate) fn have_a_fallback(&self) -> bool {
        self.0.iter().any(|route| route.fallback.is_some())
    }

    /// What is probably not meant: a country's code in lower case fits no request that has it in
    /// capitals.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let routes = self.0.iter().enumerate();
        routes.filter_map(|(at, route)| {
            let country = route.country.as_deref()?;
            let capitals = country.to_ascii_uppercase();
            (country != capitals && country.len() == 2).then(|| {
                format!(
                    "routes[{at}].country: is {country:?}, and is compared letter by letter: a \
                     request with {capitals:?} does not fit; write it in capitals"
                )
            })
        })
    }

    /// Checks that each route leads to an account, and that no two fit equally well; the error names
    /// the field.
    pub fn build(routes: Vec<Route>, accounts: &Accounts) -> Result<Routes, String> {
        for (at, route) in routes.iter().enumerate() {
            let check = |field: &str, name: &str| match accounts.named(name) {
                Ok(_) => Ok(()),
                Err(problem) => {
                    let there = accounts.names().collect::<Vec<_>>().join(", ");
                    Err(format!(
                        "routes[{at}].{field}: {problem}, which has {there}"
                    ))
                }
            };
            check("account", &route.account)?;
            if let Some(fallback) = &route.fallback {
                check("fallback", fallback)?;
                if *fallback == route.account {
                    return Err(format!("routes[{at}].fallback: must be another account"));
                }
            }
            let same_place =
                |other: &Route| other.country == route.country && other.city == route.city;
            if let Some(earlier) = routes[..at].iter().position(same_place) {
                return Err(format!(
                    "routes[{at}]: leads from the same place as routes[{earlier}] ({route}); \
                     remove one"
                ));
            }
        }
        Ok(Routes(routes))
    }
}

impl Route {
    fn fits(&self, country: Option<&str>, city: Option<&str>) -> bool {
        let fits = |wanted: &Option<String>, given| wanted.is_none() || wanted.as_deref() == given;
        fits(&self.country, country) && fits(&self.city, city)
    }

    /// A city is more particular than a country: it is in one.
    fn particularity(&self) -> (bool, bool) {
        (self.city.is_some(), self.country.is_some())
    }
}

/// The place that it leads from.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&route_place(self.country.as_deref(), self.city.as_deref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(country: Option<&str>, city: Option<&str>, account: &str) -> Route {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Route {
            country: owned(country),
            city: owned(city),
            account: account.to_owned(),
            fallback: None,
        }
    }

    #[test]
    fn the_most_particular_route_chooses_the_account_whatever_the_order() {
        let mut routes = vec![
            route(None, None, "rest"),
            route(Some("KG"), None, "kg-main"),
            route(Some("KG"), Some("Osh"), "kg-osh"),
            route(None, Some("Osh"), "osh"),
        ];
        for _ in 0..routes.len() {
            routes.rotate_left(1);
            let routes = Routes(routes.clone());
            for (country, city, account) in [
                (Some("KG"), Some("Osh"), "kg-osh"),
                (Some("KG"), Some("Bishkek"), "kg-main"),
                (Some("KG"), None, "kg-main"),
                (Some("UZ"), Some("Osh"), "osh"),
                (None, Some("Osh"), "osh"),
                (Some("UZ"), None, "rest"),
                (None, None, "rest"),
            ] {
                let choice = routes.account(country, city).unwrap();
                assert_eq!(choice.account, account, "{country:?} {city:?}");
            }
        }
        let one = Routes(vec![route(Some("KG"), None, "kg-main")]);
        assert_eq!(one.account(Some("UZ"), None), None);
    }

    #[test]
    fn the_reason_names_the_place_and_the_route() {
        let routes = Routes(vec![
            route(Some("KG"), None, "kg-main"),
            route(Some("KG"), Some("Osh"), "kg-osh"),
        ]);
        let reason = |city| routes.account(Some("KG"), city).unwrap().reason;
        assert_eq!(reason(Some("Osh")), "KG/Osh: route 2");
        assert_eq!(reason(None), "KG: route 1");
    }

    #[test]
    fn the_places_of_an_account_say_where_it_is_only_the_fallback() {
        let with_fallback = Route {
            fallback: Some("osh".to_owned()),
            ..route(Some("KG"), None, "kg-main")
        };
        let routes = Routes(vec![with_fallback, route(Some("KG"), Some("Osh"), "osh")]);
        assert_eq!(routes.leading_to("kg-main"), ["KG"]);
        assert_eq!(routes.leading_to("osh"), ["KG (fallback)", "KG/Osh"]);
    }

    #[test]
    fn a_countrys_code_in_lower_case_is_probably_not_meant() {
        let places = ["KG", "kg", "Kg", "elsewhere"].map(|place| route(Some(place), None, "a"));
        let warnings: Vec<String> = Routes(places.into()).warnings().collect();
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains("routes[1].country"), "{warnings:?}");
        assert!(
            warnings[0].contains("a request with \"KG\""),
            "{warnings:?}"
        );
    }
}
