//! The keys of one purpose at an account, and which of them serves now. The keys can be replaced while
//! steps run: a step keeps the key that it has.

pub mod facts;

mod standing;
mod validity;

use std::cmp::Reverse;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use jiff::Timestamp;
use workflows::contract::kind::Kind;

use self::facts::KeyFacts;
use self::standing::Standing;
use crate::metrics;

pub use validity::Validity;

/// The keys of one purpose at an account. It has none where the account is not served.
pub struct KeyRing<K> {
    merchant: String,
    kind: Kind,
    keys: RwLock<Vec<Arc<Key<K>>>>,
}

/// A key with its name.
pub struct Key<K> {
    id: String,
    validity: Validity,
    secret: K,
    standing: Standing,
}

impl<K> Key<K> {
    /// A key that was not tried yet.
    pub fn new(id: String, validity: Validity, secret: K) -> Key<K> {
        Key {
            id,
            validity,
            secret,
            standing: Standing::default(),
        }
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the partner accepts it.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The key itself.
    pub fn secret(&self) -> &K {
        &self.secret
    }

    /// Whether the partner accepted it in this process.
    pub(crate) fn is_proven(&self) -> bool {
        self.standing.is_proven()
    }
}

impl<K> KeyRing<K> {
    /// The keys of an account for operations of a kind, in the order of the configuration.
    pub fn new(merchant: &str, kind: Kind, keys: Vec<Key<K>>) -> KeyRing<K> {
        KeyRing {
            merchant: merchant.to_owned(),
            kind,
            keys: RwLock::new(newest_first(keys)),
        }
    }

    /// The newest valid key that the partner has not refused just now. If it refused all of them, the
    /// newest valid one; if none is valid, the newest one, and the partner decides.
    pub(crate) fn serving(&self) -> Option<Arc<Key<K>>> {
        self.serving_at(Timestamp::now(), Instant::now())
    }

    fn serving_at(&self, now: Timestamp, instant: Instant) -> Option<Arc<Key<K>>> {
        let keys = self.keys();
        let mut valid = keys.iter().filter(|key| key.validity.covers(now));
        let newest = valid.clone().next().or(keys.first());
        let known = valid.find(|key| !key.standing.is_refused(instant));
        known.or(newest).cloned()
    }

    /// The key of this name, valid or not, or the serving one. The error says the fix.
    pub(crate) fn to_try(&self, id: Option<&str>) -> Result<Arc<Key<K>>, String> {
        let Some(id) = id else {
            let none = || "the account has no key here: see worker.accounts".to_owned();
            return self.serving().ok_or_else(none);
        };
        let keys = self.keys();
        keys.iter()
            .find(|key| key.id == id)
            .cloned()
            .ok_or_else(|| {
                let known: Vec<&str> = keys.iter().map(|key| key.id()).collect();
                format!("there is no key {id:?}; there are {}", known.join(", "))
            })
    }

    /// Notes that the partner does not know a key. Returns the key that serves instead, if there is one.
    pub(crate) fn refused(&self, key: &Arc<Key<K>>) -> Option<Arc<Key<K>>> {
        key.standing.refused(Instant::now());
        metrics::key_refused(&self.merchant, self.kind, &key.id, true);
        self.instead_of(key)
    }

    /// The key that serves once this one is refused.
    pub(crate) fn instead_of(&self, key: &Arc<Key<K>>) -> Option<Arc<Key<K>>> {
        let (now, instant) = (Timestamp::now(), Instant::now());
        let keys = self.keys();
        let mut others = keys.iter().filter(|it| !Arc::ptr_eq(it, key));
        others
            .find(|it| it.validity.covers(now) && !it.standing.is_refused(instant))
            .cloned()
    }

    /// Notes that the partner knows a key.
    pub(crate) fn accepted(&self, key: &Key<K>) {
        if !key.standing.is_proven() {
            key.standing.accepted();
            metrics::key_refused(&self.merchant, self.kind, &key.id, false);
        }
    }

    /// Whether one of its keys, valid or not, is like this.
    pub fn any(&self, is: impl Fn(&K) -> bool) -> bool {
        self.keys().iter().any(|key| is(&key.secret))
    }

    /// Whether another key could serve.
    pub(crate) fn has_several(&self) -> bool {
        self.keys().len() > 1
    }

    /// What may be shown of its keys.
    pub fn facts(&self) -> Vec<KeyFacts> {
        let facts = |key: &Arc<Key<K>>| KeyFacts {
            kind: self.kind,
            key_id: key.id.clone(),
            validity: key.validity,
        };
        self.keys().iter().map(facts).collect()
    }

    /// Takes the keys of another ring in place of its own, and sets their metrics.
    pub fn take_keys_of(&self, other: &KeyRing<K>) {
        let gone = self.facts();
        let keys = other.keys().clone();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        for key in gone {
            key.end_metrics(&self.merchant);
        }
        for key in self.facts() {
            key.start_metrics(&self.merchant);
        }
    }

    fn keys(&self) -> std::sync::RwLockReadGuard<'_, Vec<Arc<Key<K>>>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By the first day; among equal ones, the first in the configuration is the newest.
fn newest_first<K>(mut keys: Vec<Key<K>>) -> Vec<Arc<Key<K>>> {
    keys.sort_by_key(|key| Reverse(key.validity.not_before()));
    keys.into_iter().map(Arc::new).collect()
}

#[cfg(test)]
mod tests;
