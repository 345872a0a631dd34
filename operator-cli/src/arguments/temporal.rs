//! Where Temporal is, for every verb.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use payments_client::Temporal;

use crate::equivalent::quoted;

/// What is absent comes from the environment, or from the profile.
#[derive(Args, Clone, Default)]
pub(crate) struct TemporalArguments {
    /// Temporal's address, host:port
    #[arg(long, global = true, value_parser = NonEmptyStringValueParser::new())]
    address: Option<String>,
    /// Temporal's namespace
    #[arg(long, global = true, value_parser = NonEmptyStringValueParser::new())]
    namespace: Option<String>,
    /// The profile in temporal.toml
    #[arg(long, global = true, value_parser = NonEmptyStringValueParser::new())]
    profile: Option<String>,
}

impl TemporalArguments {
    pub(crate) fn temporal(self) -> Temporal {
        Temporal {
            address: self.address,
            namespace: self.namespace,
            profile: self.profile,
        }
    }

    /// The options as they were typed, each after a space. The `temporal` command has the same.
    pub(crate) fn typed(&self) -> String {
        let options = [
            ("address", &self.address),
            ("namespace", &self.namespace),
            ("profile", &self.profile),
        ];
        let typed = options.iter().filter_map(|(name, value)| {
            let value = quoted(value.as_ref()?);
            Some(format!(" --{name} {value}"))
        });
        typed.collect()
    }
}
