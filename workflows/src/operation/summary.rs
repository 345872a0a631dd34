//! What an operation is about, for people: one line for lists, and Markdown for its page.

use crate::contract::ids::{OrderId, RequestId};
use crate::contract::kind::Kind;
use crate::contract::money::Money;
use crate::markdown::code;

/// Kind, amount, order and account.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// A payment or a reversal.
    pub kind: Kind,
    /// The amount.
    pub money: Money,
    /// The order.
    pub order_id: &'a OrderId,
    /// The merchant account; none until the routes have chosen one.
    pub merchant: Option<&'a str>,
    /// The request.
    pub request_id: &'a RequestId,
}

impl Summary<'_> {
    /// One line.
    pub fn line(&self) -> String {
        let Summary {
            money, order_id, ..
        } = self;
        format!("{} {money}, order {order_id}", self.kind)
    }

    /// A paragraph in Markdown.
    pub fn markdown(&self) -> String {
        let account = match self.merchant {
            Some(name) => format!("account {}", code(name)),
            None => "the account that the routes choose".to_owned(),
        };
        format!(
            "**{}**, {} for order {}, {account}, request {}",
            self.money,
            self.kind,
            code(self.order_id.as_str()),
            code(self.request_id.as_str()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_named_for_people_and_no_name_becomes_markup() {
        let (order_id, request_id) = (
            OrderId::parse("[o](x)`1").unwrap(),
            RequestId::parse("r-1").unwrap(),
        );
        let mut summary = Summary {
            kind: Kind::ExtraPayment,
            money: Money::parse("125.5", "KGS").unwrap(),
            order_id: &order_id,
            merchant: Some("kg-main"),
            request_id: &request_id,
        };
        assert_eq!(summary.line(), "extra payment 125.50 KGS, order [o](x)`1");
        assert_eq!(
            summary.markdown(),
            "**125.50 KGS**, extra payment for order ``[o](x)`1``, account `kg-main`, request `r-1`"
        );
        summary.merchant = None;
        assert!(
            summary
                .markdown()
                .contains(", the account that the routes choose,")
        );
    }
}
