//! Why an operator should look at an operation.

use crate::contract::cause::{Cause, LastError};

/// Why an operator should look at an operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attention {
    /// Something that time does not fix.
    Trouble(LastError),
    /// It takes too long; in words. The last step has reported the cause, if there is one.
    Overdue(String),
}

impl Attention {
    /// Combined with what the last step reported.
    pub fn last_error(self, of_last_step: Option<LastError>) -> LastError {
        match (self, of_last_step) {
            (Attention::Trouble(trouble), _) => trouble,
            (Attention::Overdue(overdue), None) => LastError::new(Cause::Overdue, overdue),
            (Attention::Overdue(overdue), Some(LastError { cause, words })) => {
                LastError::new(cause, format!("{words}; {overdue}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_answer() -> LastError {
        LastError::new(Cause::NoAnswer, "no answer: HTTP 503")
    }

    #[test]
    fn past_the_deadline_the_cause_is_still_what_the_last_step_has_said() {
        let overdue = Attention::Overdue("still open 2h after its start".into());
        let alone = overdue.clone().last_error(None);
        assert_eq!(
            alone,
            LastError::new(Cause::Overdue, "still open 2h after its start")
        );
        let both = overdue.last_error(Some(no_answer()));
        assert_eq!(
            both,
            LastError::new(
                Cause::NoAnswer,
                "no answer: HTTP 503; still open 2h after its start"
            )
        );
    }

    #[test]
    fn what_time_does_not_fix_is_told_whatever_the_last_step_has_said() {
        let trouble = LastError::new(Cause::AccessDenied, "key_unknown");
        let attention = Attention::Trouble(trouble.clone());
        assert_eq!(attention.last_error(Some(no_answer())), trouble);
    }
}
