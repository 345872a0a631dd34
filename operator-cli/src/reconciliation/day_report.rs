//! The partner's report of one day: CSV with the fields of its `OperationState`, in that order. Only
//! this file knows the partner's words for them; what leaves it is in our terms.
//!
//! Money depends on each of them, so nothing is guessed: an error names line and column, and
//! nothing is compared.

use std::collections::HashSet;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;
use workflows::contract::ids::RequestId;
use workflows::contract::kind::Kind;
use workflows::contract::money::Money;
use workflows::contract::rfc_3339;
use workflows::operation::partner_report::Status;

use super::entry::{Side, Standing};
use super::row::{Row, day_of, mark_doubles};

/// The header, and the order of the fields.
const COLUMNS: [&str; 8] = [
    "requestId",
    "kind",
    "status",
    "declineCode",
    "amount",
    "currency",
    "partnerPaymentId",
    "updatedAt",
];

/// What the partner says about one day; every row is of that day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct DayReport {
    /// In UTC.
    pub(crate) day: Date,
    /// In the order of the report.
    pub(super) rows: Vec<Row>,
}

/// Why a report can't be read, by line and column.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    /// The first line is not the header.
    #[error("line 1, column {column}: must be {expected:?}, not {found:?}")]
    Header {
        /// Counted from 1.
        column: usize,
        /// The name that belongs there; empty after the last one.
        expected: &'static str,
        /// What is there; empty if nothing is.
        found: String,
    },
    /// A field breaks its rule.
    #[error("line {line}, column {column}: {problem}")]
    Field {
        /// Counted from 1; the header's is the first.
        line: u64,
        /// The column's name.
        column: &'static str,
        /// The rule.
        problem: String,
    },
    /// It is not CSV, or a line has more or fewer fields than the header. Names the line.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// There is nothing in it, not even the header.
    #[error("is empty: it has not even the header")]
    Empty,
    /// No day was given, and no row has one.
    #[error("has a header and no rows: if nothing happened on that day, name it with --date")]
    NoRows,
    /// Rows of more than one day.
    #[error(
        "line {line}, column updatedAt: is of {of} (UTC), but the report is of {day}: reconcile one \
         day at a time"
    )]
    OtherDay {
        /// Counted from 1.
        line: u64,
        /// The row's day.
        of: Date,
        /// The day of the report: as it was given, or of its first row.
        day: Date,
    },
}

impl DayReport {
    /// Parses the report of `day`, in UTC, completely or not at all; without a day, that of its
    /// first row.
    pub(crate) fn read(source: impl Read, day: Option<Date>) -> Result<DayReport, ReportError> {
        let mut reader = ReaderBuilder::new().from_reader(source);
        let header = reader.headers()?;
        if header.is_empty() {
            return Err(ReportError::Empty);
        }
        check_header(header)?;
        let mut day = day;
        let mut listed = HashSet::new();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record?;
            let fields = Fields {
                line: record.position().map_or(0, |position| position.line()),
                record: &record,
            };
            let row = fields.row()?;
            let of = day_of(row.updated_at);
            let day = *day.get_or_insert(of);
            if of != day {
                let line = fields.line;
                return Err(ReportError::OtherDay { line, of, day });
            }
            if !listed.insert((row.request_id.clone(), row.side.partner_payment_id.clone())) {
                return Err(
                    fields.wrong("partnerPaymentId", "is listed twice under this requestId")
                );
            }
            rows.push(row);
        }
        mark_doubles(&mut rows);
        let day = day.ok_or(ReportError::NoRows)?;
        Ok(DayReport { day, rows })
    }
}

fn check_header(header: &StringRecord) -> Result<(), ReportError> {
    for number in 0..header.len().max(COLUMNS.len()) {
        let expected = COLUMNS.get(number).copied().unwrap_or_default();
        let found = header.get(number);
        if found != Some(expected) || number >= COLUMNS.len() {
            return Err(ReportError::Header {
                column: number + 1,
                expected,
                found: found.unwrap_or_default().to_owned(),
            });
        }
    }
    Ok(())
}

/// The partner's words for the kinds.
const KINDS: [(&str, Kind); 2] = [
    ("PAYMENT", Kind::ExtraPayment),
    ("REVERSAL", Kind::PaymentReversal),
];

/// The partner's words for the statuses.
const PENDING: &str = "PENDING";
const COMPLETED: &str = "COMPLETED";
const DECLINED: &str = "DECLINED";

/// One line, with as many fields as the header.
struct Fields<'a> {
    line: u64,
    record: &'a StringRecord,
}

impl Fields<'_> {
    fn row(&self) -> Result<Row, ReportError> {
        let [
            id,
            kind,
            status,
            decline_code,
            amount,
            currency,
            payment_id,
            at,
        ] = self.texts();
        let request_id =
            RequestId::parse(id).map_err(|error| self.wrong("requestId", &error.to_string()))?;
        let kinds = KINDS.map(|(word, _)| word);
        let kind = KINDS.iter().find(|(word, _)| *word == kind);
        let (_, kind) = kind.ok_or_else(|| self.must_be_one_of("kind", &kinds))?;
        let status = match status {
            PENDING => Status::Pending,
            COMPLETED => Status::Completed,
            DECLINED => Status::Declined {
                code: decline_code.to_owned(),
            },
            _ => return Err(self.must_be_one_of("status", &[PENDING, COMPLETED, DECLINED])),
        };
        if !decline_code.is_empty() && !matches!(status, Status::Declined { .. }) {
            let rule = format!("belongs to {DECLINED} operations only");
            return Err(self.wrong("declineCode", &rule));
        }
        if payment_id.is_empty() {
            return Err(self.wrong("partnerPaymentId", "must not be empty"));
        }
        let updated_at = rfc_3339::parse(at)
            .ok_or_else(|| self.wrong("updatedAt", "must be a time like 2026-11-24T10:00:00Z"))?;
        let side = Side {
            kind: *kind,
            status: Standing::AtPartner(status),
            money: Some(self.money(amount, currency)?),
            partner_payment_id: Some(payment_id.to_owned()),
            merchant: None,
        };
        Ok(Row {
            request_id,
            side,
            updated_at,
            is_doubled: false,
        })
    }

    fn texts(&self) -> [&str; 8] {
        std::array::from_fn(|number| self.record.get(number).unwrap_or_default())
    }

    fn must_be_one_of(&self, column: &'static str, words: &[&str]) -> ReportError {
        self.wrong(column, &format!("must be one of {}", words.join(", ")))
    }

    /// The partner writes exactly the currency's fraction digits. With another number of digits the
    /// amount might not be what it looks like.
    fn money(&self, amount: &str, currency: &str) -> Result<Money, ReportError> {
        let money = Money::parse(amount, currency).map_err(|error| {
            let column = match error.field() {
                "currency" => "currency",
                _ => "amount",
            };
            self.wrong(column, &error.to_string())
        })?;
        match money.amount() {
            exact if exact == amount => Ok(money),
            exact => Err(self.wrong("amount", &format!("must be written as {exact}"))),
        }
    }

    fn wrong(&self, column: &'static str, problem: &str) -> ReportError {
        ReportError::Field {
            line: self.line,
            column,
            problem: problem.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
