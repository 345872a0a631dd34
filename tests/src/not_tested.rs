//! Tests that need what is not everywhere.

use std::env;
use std::fmt::Display;

/// Set where everything is installed, as `.ci/run` does.
const REQUIRE_ALL: &str = "SKY_REQUIRE_ALL";

/// Says that a test is passed over, since something is missing. Where all tests are required, it
/// fails instead.
///
/// # Panics
///
/// If `SKY_REQUIRE_ALL` is set.
pub fn not_tested(what: &str, missing: impl Display) {
    let said = format!("{what} is not tested: {missing:#}");
    assert!(env::var_os(REQUIRE_ALL).is_none(), "{said}");
    eprintln!("{said}");
}
