//! A plan in words: a line for each operation and each upheaval.

use std::ops::Range;

use harness::Operation;

use super::super::act::Act;
use super::{Blow, Plan, Planned, Upheaval, fmt};

impl Blow {
    /// Each of them.
    pub(crate) const ALL: [Blow; 6] = [
        Blow::WorkerKilled,
        Blow::WorkerFrozen,
        Blow::GatewayKilled,
        Blow::TemporalKilled,
        Blow::BillingDown,
        Blow::PacketsLost,
    ];

    /// How long one may last. A frozen worker goes on before and after the deadlines of its steps.
    pub(super) fn lasts_ms(self) -> Range<u64> {
        match self {
            Blow::WorkerFrozen => 3_000..25_000,
            Blow::PacketsLost => 2_000..20_000,
            _ => 500..5_000,
        }
    }

    /// In words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Blow::WorkerKilled => "process: kill -9 of the worker",
            Blow::GatewayKilled => "process: kill -9 of the gateway",
            Blow::TemporalKilled => "process: kill -9 of Temporal",
            Blow::BillingDown => "process: billing down",
            Blow::WorkerFrozen => "process: the worker frozen",
            Blow::PacketsLost => "network: packets lost toward the partners",
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for planned in &self.operations {
            writeln!(f, "{planned}")?;
        }
        for Upheaval {
            after_starts,
            blow,
            lasts_ms,
        } in &self.upheavals
        {
            let blow = blow.as_str();
            writeln!(f, "after {after_starts} starts, for {lasts_ms} ms: {blow}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operation {
            request_id,
            kind,
            amount,
            currency,
            ..
        } = &self.operation;
        let partner = if self.is_at_stripe() { "Stripe" } else { "Sky" };
        let kind = kind.as_str();
        write!(f, "{request_id}: {kind} {amount} {currency} at {partner}")?;
        if *amount != self.captured {
            write!(f, " of {}", self.captured)?;
        }
        if let Some(fault) = &self.fault {
            write!(f, "; {}", fault.name)?;
        }
        if let Some(Act { deed, after_ms }) = self.act {
            write!(f, "; after {after_ms} ms {}", deed.as_str())?;
        }
        Ok(())
    }
}
