//! Whether the namespace has the search attributes.

use std::collections::HashMap;
use std::fmt;

use temporalio_common::protos::temporal::api::enums::v1::IndexedValueType;
use workflows::contract::search_attributes::registrations;

const COMMAND: &str = "temporal operator search-attribute";

/// Which of them are missing or have another type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What is wrong with each.
    pub faults: String,
    /// The commands that fix it.
    pub commands: String,
}

impl Fault {
    /// What is wrong with the attributes that a namespace has, if something is.
    pub fn of(known: &HashMap<String, i32>) -> Option<Fault> {
        let (mut faults, mut removals, mut creations) = (Vec::new(), String::new(), String::new());
        for (name, wanted) in registrations() {
            let Some(kind) = known.get(name) else {
                faults.push(format!("there is no search attribute {name} ({wanted})"));
                creations += &format!(" --name {name} --type {wanted}");
                continue;
            };
            let kind = IndexedValueType::try_from(*kind).unwrap_or_default();
            // The type's name is the value of the command's option.
            let kind = format!("{kind:?}");
            if kind != wanted {
                faults.push(format!(
                    "the search attribute {name} is {kind} and must be {wanted}"
                ));
                removals += &format!(" --name {name}");
                creations += &format!(" --name {name} --type {wanted}");
            }
        }
        let removal = if removals.is_empty() {
            String::new()
        } else {
            format!("{COMMAND} remove{removals} && ")
        };
        (!faults.is_empty()).then(|| Fault {
            faults: faults.join("; "),
            commands: format!("{removal}{COMMAND} create{creations}"),
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; run: {}", self.faults, self.commands)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(changes: &[(&str, Option<IndexedValueType>)]) -> HashMap<String, i32> {
        use IndexedValueType::{Int, Keyword};
        let names = [
            "SkyOrderId",
            "SkyMerchant",
            "SkyPhase",
            "SkyOutcome",
            "SkyCurrency",
        ];
        let mut known: HashMap<String, i32> =
            names.map(|it| (it.to_owned(), Keyword as i32)).into();
        known.insert("SkyAmountMinor".to_owned(), Int as i32);
        for (name, kind) in changes {
            match kind {
                Some(kind) => known.insert((*name).to_owned(), *kind as i32),
                None => known.remove(*name),
            };
        }
        known
    }

    #[test]
    fn attributes_that_are_there_by_name_and_type_are_no_fault() {
        assert_eq!(Fault::of(&known(&[])), None);
        let more = known(&[("Another", Some(IndexedValueType::Text))]);
        assert_eq!(Fault::of(&more), None);
    }

    #[test]
    fn a_missing_attribute_and_one_of_another_type_are_named_with_the_commands() {
        let fault = Fault::of(&known(&[
            ("SkyOutcome", Some(IndexedValueType::Bool)),
            ("SkyAmountMinor", None),
        ]));
        assert_eq!(
            fault.unwrap().to_string(),
            "the search attribute SkyOutcome is Bool and must be Keyword; there is no search \
             attribute SkyAmountMinor (Int); run: temporal operator search-attribute remove --name \
             SkyOutcome && temporal operator search-attribute create --name SkyOutcome --type Keyword \
             --name SkyAmountMinor --type Int"
        );
    }
}
