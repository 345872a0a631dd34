//! A log that drops its oldest entries.

use std::collections::VecDeque;

use serde::Serialize;

/// The last 100,000 entries: enough for any test, and a simulator left running for weeks does not
/// fill the memory.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Recent<T> {
    entries: VecDeque<T>,
}

impl<T> Default for Recent<T> {
    fn default() -> Recent<T> {
        Recent {
            entries: VecDeque::new(),
        }
    }
}

impl<T> Recent<T> {
    pub(crate) fn add(&mut self, entry: T) {
        if self.entries.len() == LONGEST {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }
}

const LONGEST: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_are_forgotten() {
        let mut recent = Recent::default();
        for number in 0..LONGEST + 2 {
            recent.add(number);
        }
        assert_eq!(recent.entries.len(), LONGEST);
        assert_eq!(recent.entries.front(), Some(&2));
    }
}
