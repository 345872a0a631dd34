//! No key twice, and no name of a key twice.

use std::collections::{BTreeMap, BTreeSet};

/// The keys and the names that were read before.
#[derive(Default)]
pub(crate) struct Known {
    /// Where a key is used, by its partner and its fingerprint.
    places: BTreeMap<(String, String), Place>,
    /// By the account.
    names: BTreeSet<(String, String)>,
}

struct Place {
    account: String,
    field: String,
    id: String,
}

impl Known {
    /// Adds a key. The error says where it or its name is used already, and the fix. The key comes
    /// first: another name would not help one that is used twice.
    pub(super) fn add(
        &mut self,
        partner: &str,
        account: &str,
        field: &str,
        id: &str,
        fingerprint: String,
    ) -> Result<(), String> {
        let place = Place {
            account: account.to_owned(),
            field: field.to_owned(),
            id: id.to_owned(),
        };
        let earlier = self.places.insert((partner.to_owned(), fingerprint), place);
        if let Some(Place { account, field, id }) = earlier {
            return Err(format!(
                "file: holds the same key as accounts.{account}.{field}, key {id:?}: a key serves \
                 one purpose of one account; make another one"
            ));
        }
        if !self.names.insert((account.to_owned(), id.to_owned())) {
            return Err("id: another key of the account has it; give each its own".to_owned());
        }
        Ok(())
    }
}
