//! What a second start of the same request is answered.

use harness::Difference;

/// A second start, and its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeat {
    pub(crate) is_same_run: bool,
    pub(crate) has_other_amount: bool,
    /// Whether the caller was told that the amount differs.
    pub(crate) was_told: bool,
}

impl Repeat {
    /// What is wrong with the answer.
    pub(crate) fn differences(&self) -> Vec<Difference> {
        let wrong = [
            ("a second start began a second run", !self.is_same_run),
            (
                "a second start was answered wrongly",
                self.was_told != self.has_other_amount,
            ),
        ];
        let found = wrong.into_iter().filter(|(_, holds)| *holds);
        found
            .map(|(what, _)| Difference {
                what,
                detail: format!("{self:?}"),
                reason: None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_must_be_answered_with_the_first_run_and_with_what_differs() {
        let right = Repeat {
            is_same_run: true,
            has_other_amount: true,
            was_told: true,
        };
        assert_eq!(right.differences(), []);
        let wrong = Repeat {
            is_same_run: false,
            was_told: false,
            ..right
        };
        let found = wrong.differences();
        let found: Vec<&str> = found.iter().map(|it| it.what).collect();
        let expected = [
            "a second start began a second run",
            "a second start was answered wrongly",
        ];
        assert_eq!(found, expected);
    }
}
