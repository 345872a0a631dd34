//! Routes: which merchant account serves a place if a request names no account.

use serde::Deserialize;

use crate::accounts::Accounts;

/// The routes in the order of the configuration: the first that matches is used.
pub struct Routes(Vec<Route>);

/// `[[routes]]`: an absent field matches everything.
#[derive(Clone, Debug, Deserialize)]
pub struct Route {
    country: Option<String>,
    city: Option<String>,
    account: String,
}

impl Routes {
    /// The account for a country and a city. Names are compared letter by letter.
    pub fn account(&self, country: Option<&str>, city: Option<&str>) -> Option<&str> {
        let fits = |wanted: &Option<String>, given| wanted.is_none() || wanted.as_deref() == given;
        let route = self
            .0
            .iter()
            .find(|r| fits(&r.country, country) && fits(&r.city, city))?;
        Some(&route.account)
    }

    /// Checks that each route leads to an account; the error names the field.
    pub fn build(routes: Vec<Route>, accounts: &Accounts) -> Result<Routes, String> {
        for (at, route) in routes.iter().enumerate() {
            accounts
                .named(&route.account)
                .map_err(|problem| format!("routes[{at}].account: {problem}"))?;
        }
        Ok(Routes(routes))
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
        }
    }

    #[test]
    fn the_first_route_that_fits_chooses_the_account() {
        let routes = Routes(vec![
            route(Some("KG"), Some("Osh"), "kg-osh"),
            route(Some("KG"), None, "kg-main"),
            route(Some("KZ"), None, "kz-main"),
        ]);
        assert_eq!(routes.account(Some("KG"), Some("Osh")), Some("kg-osh"));
        assert_eq!(routes.account(Some("KG"), Some("Bishkek")), Some("kg-main"));
        assert_eq!(routes.account(Some("KG"), None), Some("kg-main"));
        assert_eq!(routes.account(Some("UZ"), None), None);
        assert_eq!(routes.account(None, Some("Osh")), None);
        assert_eq!(
            Routes(vec![route(None, None, "all")]).account(None, None),
            Some("all")
        );
    }
}
