//! The ways to disturb a connection.

/// What happens to a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Injection {
    /// It is closed as soon as it is open.
    Refused,
    /// It is reset once the request has arrived; the target never sees a byte.
    ResetBefore,
    /// The target gets the request; when it answers, the connection is reset.
    ResetAfter,
    /// Half of the target's answer, then the end of the connection.
    HalfAnswer,
    /// Nothing is forwarded, and the connection stays open.
    Silence,
    /// The answer arrives a few bytes at a time.
    Drip,
    /// The target gets the request; its answer is lost, and the connection stays open.
    AnswerLost,
}

impl Injection {
    /// Each of them.
    pub const ALL: [Injection; 7] = [
        Injection::Refused,
        Injection::ResetBefore,
        Injection::ResetAfter,
        Injection::HalfAnswer,
        Injection::Silence,
        Injection::Drip,
        Injection::AnswerLost,
    ];

    /// Whether the target never sees the request.
    pub(super) fn keeps_the_request(self) -> bool {
        matches!(self, Injection::ResetBefore | Injection::Silence)
    }

    /// What happened, in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Injection::Refused => "refused",
            Injection::ResetBefore => "reset before the request",
            Injection::ResetAfter => "reset after the request",
            Injection::HalfAnswer => "half of the answer",
            Injection::Silence => "silence",
            Injection::Drip => "slow drip",
            Injection::AnswerLost => "answer lost, connection open",
        }
    }
}
