//! The places that routes lead from, as they are published and shown.

/// What follows the place where a route names the account as its fallback.
pub const FALLBACK: &str = " (fallback)";

/// "KG/Bishkek", "KG", "*/Bishkek" or "everywhere".
pub fn route_place(country: Option<&str>, city: Option<&str>) -> String {
    match (country, city) {
        (Some(country), Some(city)) => format!("{country}/{city}"),
        (Some(country), None) => country.to_owned(),
        (None, Some(city)) => format!("*/{city}"),
        (None, None) => "everywhere".to_owned(),
    }
}

/// The places whose routes fit a request from this country and city.
pub fn fitting_places(country: Option<&str>, city: Option<&str>) -> [String; 4] {
    [
        route_place(country, city),
        route_place(country, None),
        route_place(None, city),
        route_place(None, None),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_fits_where_what_it_names_is_the_same() {
        let in_bishkek = ["KG/Bishkek", "KG", "*/Bishkek", "everywhere"];
        assert_eq!(fitting_places(Some("KG"), Some("Bishkek")), in_bishkek);
        let anywhere = fitting_places(None, None);
        assert!(anywhere.iter().all(|place| place == "everywhere"));
    }
}
