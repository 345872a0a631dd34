//! What the programs answer to `--version`.

use std::sync::LazyLock;

/// The version of the source.
pub const NUMBER: &str = env!("CARGO_PKG_VERSION");

/// The commit that this was built from, if SKY_REVISION named it then, as the images' build does.
/// Other builds don't depend on it, and so stay the same from commit to commit.
pub const REVISION: Option<&str> = option_env!("SKY_REVISION");

/// Both, such as `0.2.0 (4f2c9e1d)`.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let revision = REVISION.filter(|revision| !revision.is_empty());
    format!("{NUMBER} ({})", revision.unwrap_or("no release"))
});
