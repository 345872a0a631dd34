//! Why an operator should look at an operation.

/// Why an operator should look at an operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attention {
    /// Something that time does not mend.
    Trouble(String),
    /// It takes too long. What holds it up, the last step has said, if anything.
    Overdue(String),
}

impl Attention {
    /// In words, with what the last step has said.
    pub fn words(self, last_error: Option<String>) -> String {
        match (self, last_error) {
            (Attention::Trouble(reason), _) | (Attention::Overdue(reason), None) => reason,
            // It was said before, and no step since.
            (Attention::Overdue(reason), Some(cause)) if cause.ends_with(&reason) => cause,
            (Attention::Overdue(reason), Some(cause)) => format!("{cause}; {reason}"),
        }
    }
}
