//! Which operations: one by its request id, or many by filters.

use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use payments_client::{Filter, WorkflowExecutionStatus};
use workflows::contract::advice::Stake;
use workflows::contract::cause::Cause;
use workflows::contract::ids::{OrderId, RequestId};
use workflows::contract::outcome::Ending;
use workflows::contract::state::{Phase, State};

use super::when::{age, moment};
use super::words::{one_of, request_id};
use crate::equivalent::quoted;

/// One operation, or many.
#[derive(Args)]
pub(crate) struct TargetArguments {
    /// The request id; without it, the filters select the operations
    #[arg(
        value_parser = request_id,
        conflicts_with_all = [
            "phase", "status", "outcome", "order_id", "merchant", "since", "older_than", "at_stake",
            "cause",
        ],
    )]
    request_id: Option<RequestId>,
    #[command(flatten)]
    selection: Selection,
}

/// The filters for many operations.
#[derive(Args, Clone, Default, Debug)]
pub(crate) struct Selection {
    /// Only those in this phase
    #[arg(long, value_parser = one_of::<Phase>(Phase::ALL.map(Phase::as_str)))]
    phase: Option<Phase>,
    /// Only those with this status in Temporal, such as terminated or paused
    #[arg(long, value_name = "STATUS", value_enum)]
    status: Option<StatusName>,
    /// Only those with this outcome
    #[arg(long, value_parser = one_of::<Ending>(Ending::ALL.map(Ending::as_str)))]
    outcome: Option<Ending>,
    /// Only those of this order
    #[arg(long, value_parser = OrderId::parse)]
    order_id: Option<OrderId>,
    /// Only those of this merchant account, by its name in the configuration
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    merchant: Option<String>,
    /// Only those that began since then: 2026-11-24 (UTC), 2026-11-24T08:00:00Z, or
    /// 2h for two hours ago
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    since: Option<Timestamp>,
    /// Only those that began longer ago than this, like 30m or 2h
    #[arg(long, value_name = "DURATION", value_parser = age)]
    older_than: Option<Duration>,
    /// Only those with money at stake, or with this at stake; a worker is asked about each
    #[arg(long, value_name = "STAKE", value_enum, num_args = 0..=1, default_missing_value = "any")]
    at_stake: Option<StakeName>,
    /// Only those with this cause, such as other_amount; a worker is asked about each
    #[arg(long, value_parser = one_of::<Cause>(Cause::ALL.map(Cause::as_str)))]
    cause: Option<Cause>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum StakeName {
    /// Money that is on its way, was taken or was refunded, and is not yet where it belongs
    Any,
    /// Nothing was sent, or it is proven not to have arrived
    NothingSent,
    /// It was sent, and its outcome is unknown
    OutcomeOpen,
    /// The rider was charged, and billing has not recorded it
    MoneyTakenNotBilled,
    /// The partner has the reversal, but has not confirmed it
    MoneyReturnedNotConfirmed,
}

/// Temporal's own statuses. An operation that continued in a newer run has that run's status.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum StatusName {
    /// It is running
    Running,
    /// Somebody has paused it or one of its steps, so it makes no progress
    Paused,
    /// It has an outcome
    Completed,
    /// Its request broke a rule, or its code failed
    Failed,
    /// It was cancelled before anything was sent
    Canceled,
    /// Somebody ended it by force
    Terminated,
    /// A time limit ended it by force
    TimedOut,
}

impl TargetArguments {
    /// The one operation, or the filters for many. No filter at all does not mean "all".
    pub(crate) fn target(self) -> Result<Target, clap::Error> {
        match self.request_id {
            Some(request_id) => Ok(Target::One(request_id)),
            None if self.selection.is_empty() => Err(clap::Error::raw(
                ErrorKind::MissingRequiredArgument,
                "<REQUEST_ID> is missing: name one operation, or choose many by a filter, such \
                 as --phase needs_attention\n",
            )),
            None => Ok(Target::Many(self.selection)),
        }
    }
}

/// What a [`TargetArguments`] says.
pub(crate) enum Target {
    One(RequestId),
    Many(Selection),
}

impl Selection {
    /// The part that Temporal's list can filter.
    pub(crate) fn filter(&self) -> Filter {
        let before = |age| Timestamp::now().checked_sub(age).unwrap_or(Timestamp::MIN);
        Filter {
            phase: self.phase,
            order_id: self.order_id.clone(),
            merchant: self.merchant.clone(),
            outcome: self.outcome,
            begun_since: self.since,
            begun_before: self.older_than.map(before),
            status: self.status.map(StatusName::status),
            open: false,
        }
    }

    /// Whether a worker has to be asked.
    pub(crate) fn needs_state(&self) -> bool {
        self.at_stake.is_some() || self.cause.is_some()
    }

    /// Whether it selects an operation in this state.
    pub(crate) fn takes(&self, state: &State) -> bool {
        self.at_stake.is_none_or(|name| name.takes(state.at_stake))
            && (self.cause.is_none() || self.cause == state.cause())
    }

    /// The operations with this at stake and this cause.
    pub(crate) fn narrowed(&self, stake: Option<Stake>, cause: Option<Cause>) -> Selection {
        Selection {
            at_stake: stake.and_then(StakeName::of_stake).or(self.at_stake),
            cause: cause.or(self.cause),
            ..self.clone()
        }
    }

    /// The options as they are typed.
    pub(crate) fn typed(&self) -> String {
        let stake = self.at_stake.and_then(|name| name.to_possible_value());
        let status = self.status.and_then(|name| name.to_possible_value());
        let age = self.older_than.map(|age| format!("{}s", age.as_secs()));
        let options = [
            ("--phase", self.phase.map(|phase| phase.as_str().to_owned())),
            ("--status", status.map(|name| name.get_name().to_owned())),
            ("--outcome", self.outcome.map(|end| end.as_str().to_owned())),
            ("--order-id", self.order_id.as_ref().map(OrderId::to_string)),
            ("--merchant", self.merchant.clone()),
            ("--since", self.since.map(|at| format!("{at:.0}"))),
            ("--older-than", age),
            ("--at-stake", stake.map(|name| name.get_name().to_owned())),
            ("--cause", self.cause.map(|cause| cause.as_str().to_owned())),
        ];
        let typed = options
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", quoted(&value?))));
        typed.collect::<Vec<String>>().join(" ")
    }

    fn is_empty(&self) -> bool {
        self.filter() == Filter::default() && !self.needs_state()
    }
}

impl StatusName {
    fn status(self) -> WorkflowExecutionStatus {
        match self {
            StatusName::Running => WorkflowExecutionStatus::Running,
            StatusName::Paused => WorkflowExecutionStatus::Paused,
            StatusName::Completed => WorkflowExecutionStatus::Completed,
            StatusName::Failed => WorkflowExecutionStatus::Failed,
            StatusName::Canceled => WorkflowExecutionStatus::Canceled,
            StatusName::Terminated => WorkflowExecutionStatus::Terminated,
            StatusName::TimedOut => WorkflowExecutionStatus::TimedOut,
        }
    }
}

impl StakeName {
    fn takes(self, stake: Option<Stake>) -> bool {
        match self {
            StakeName::Any => stake.is_some_and(is_money),
            name => StakeName::of_stake(stake.unwrap_or(Stake::NothingSent)) == Some(name),
        }
    }

    fn of_stake(stake: Stake) -> Option<StakeName> {
        match stake {
            Stake::NothingSent => Some(StakeName::NothingSent),
            Stake::OutcomeOpen => Some(StakeName::OutcomeOpen),
            Stake::MoneyTakenNotBilled => Some(StakeName::MoneyTakenNotBilled),
            Stake::MoneyReturnedNotConfirmed => Some(StakeName::MoneyReturnedNotConfirmed),
            Stake::Agreed | Stake::ClosedByHand => None,
        }
    }
}

fn is_money(stake: Stake) -> bool {
    match stake {
        Stake::OutcomeOpen | Stake::MoneyTakenNotBilled | Stake::MoneyReturnedNotConfirmed => true,
        Stake::NothingSent | Stake::Agreed | Stake::ClosedByHand => false,
    }
}
