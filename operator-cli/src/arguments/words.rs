//! The contract's words and ids, as they are typed.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::de::DeserializeOwned;
use workflows::contract::ids::{IdError, RequestId};

/// One of these words of the contract.
pub(super) fn one_of<T>(words: impl Into<PossibleValuesParser>) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| serde_json::from_value(word.into()))
}

/// What an operator has to fill in. The commands that `explain` prints have capitals there: pasted as they
/// are, they must do nothing.
pub(super) fn filled_in(text: &str) -> Result<String, String> {
    match text {
        "NAME" | "WHY" | "ID" => Err(format!("{text} stands for a value of yours: put it there")),
        _ => Ok(text.to_owned()),
    }
}

/// Temporal's UI shows workflow ids: those are taken too.
pub(super) fn request_id(text: &str) -> Result<RequestId, IdError> {
    RequestId::of_workflow(text).map_or_else(|| RequestId::parse(text), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_printed_command_leaves_open_is_no_value() {
        for placeholder in ["NAME", "WHY", "ID"] {
            assert!(filled_in(placeholder).is_err(), "{placeholder}");
        }
        assert_eq!(filled_in("ann").as_deref(), Ok("ann"));
    }
}
