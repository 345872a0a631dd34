//! A log that drops its oldest entries.

use std::collections::VecDeque;

use serde::Serialize;

/// The last 100,000 entries: enough for any test, and a simulator left running for weeks does not
/// fill the memory.
#[derive(Debug, Serialize)]
pub(crate) struct Recent<T>(VecDeque<T>);

impl<T> Default for Recent<T> {
    fn default() -> Recent<T> {
        Recent(VecDeque::new())
    }
}

impl<T> Recent<T> {
    pub(crate) fn add(&mut self, entry: T) {
        if self.0.len() == LONGEST {
            self.0.pop_front();
        }
        self.0.push_back(entry);
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
        assert_eq!(recent.0.len(), LONGEST);
        assert_eq!(recent.0.front(), Some(&2));
    }
}
