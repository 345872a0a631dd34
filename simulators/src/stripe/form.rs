//! Parameters as Stripe takes them: `amount=100&metadata[request_id]=r-1&expand[]=latest_charge`.

use std::collections::BTreeMap;

use serde_json::json;
use url::form_urlencoded;

use super::refusal::Refusal;

/// The parameters of a call. Those that were read are removed; what is left at the end is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pairs: Vec<(String, String)>,
}

impl Form {
    /// Parses a body or a query. The order of the parameters is lost.
    pub(super) fn parse(text: &[u8]) -> Form {
        let mut pairs: Vec<_> = form_urlencoded::parse(text).into_owned().collect();
        pairs.sort();
        Form { pairs }
    }

    /// All parameters, for the journal.
    pub(super) fn shown(&self) -> BTreeMap<String, String> {
        self.pairs.iter().cloned().collect()
    }

    /// The value of a parameter, left in place.
    pub(super) fn peek(&self, name: &str) -> Option<&str> {
        let mut pairs = self.pairs.iter();
        pairs
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let mut values = self.taken(|other| other == name).into_iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some((_, value)), None) if !value.is_empty() => Ok(Some(value)),
            (Some(_), None) => Err(Refusal::parameter(name, "You passed an empty string.")
                .with("code", json!("parameter_invalid_empty"))),
            (Some(_), Some(_)) => Err(Refusal::parameter(name, "Given more than once.")),
        }
    }

    pub(super) fn needed(&mut self, name: &str) -> Result<String, Refusal> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Refusal> {
        match self.text(name)?.as_deref() {
            Some("true") => Ok(true),
            Some("false") | None => Ok(false),
            Some(other) => Err(Refusal::parameter(
                name,
                &format!("Invalid boolean: {other}"),
            )),
        }
    }

    /// A parameter that has one of these values.
    pub(super) fn one_of(
        &mut self,
        name: &str,
        values: &[&str],
    ) -> Result<Option<String>, Refusal> {
        let value = self.text(name)?;
        if let Some(other) = &value
            && !values.contains(&other.as_str())
        {
            let message = format!("Invalid {name}: must be one of {values:?}");
            return Err(Refusal::parameter(name, &message));
        }
        Ok(value)
    }

    /// `metadata[name]=value`, within Stripe's limits.
    pub(super) fn metadata(&mut self) -> Result<BTreeMap<String, String>, Refusal> {
        let pairs = self.taken(|name| name.starts_with("metadata[") && name.ends_with(']'));
        let inner = |name: &str| name["metadata[".len()..name.len() - 1].to_owned();
        let metadata: BTreeMap<_, _> = pairs
            .into_iter()
            .map(|(name, value)| (inner(&name), value))
            .collect();
        let fits = |(name, value): (&String, &String)| {
            name.chars().count() <= 40 && !name.contains(['[', ']']) && value.chars().count() <= 500
        };
        if metadata.len() > 50 || !metadata.iter().all(fits) {
            let message = "Metadata can have up to 50 keys, with names of up to 40 characters \
                           without brackets and values of up to 500 characters.";
            return Err(Refusal::parameter("metadata", message));
        }
        Ok(metadata)
    }

    /// `name[]=value` or `name[0]=value`, any number of times.
    pub(super) fn list(&mut self, name: &str) -> Vec<String> {
        let of_the_list = |other: &str| {
            let index = other
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('['))
                .and_then(|rest| rest.strip_suffix(']'));
            index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let pairs = self.taken(of_the_list);
        pairs.into_iter().map(|(_, value)| value).collect()
    }

    /// Removes parameters that exist and change nothing here, with what is nested in them.
    pub(super) fn ignore(&mut self, names: &[&str]) {
        self.taken(|other| names.contains(&other.split('[').next().unwrap_or(other)));
    }

    /// Refuses parameters that nobody read.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        match self.pairs.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("Received unknown parameter: {name}");
                let refusal = Refusal::invalid(&message).with("code", json!("parameter_unknown"));
                Err(refusal.with("param", json!(name)))
            }
        }
    }

    fn taken(&mut self, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let all = std::mem::take(&mut self.pairs).into_iter();
        let (taken, left) = all.partition(|(name, _)| wanted(name));
        self.pairs = left;
        taken
    }
}

/// The refusal of a call without a parameter that it needs.
pub(super) fn missing(name: &str) -> Refusal {
    Refusal::parameter(name, &format!("Missing required param: {name}."))
        .with("code", json!("parameter_missing"))
}
