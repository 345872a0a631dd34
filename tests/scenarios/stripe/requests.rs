//! Requests that Stripe can't carry out are refused by the field's name, before any call.

use harness::{Operation, OperationKind};
use rstest::rstest;

use super::stack;
use crate::books::start;

#[rstest]
#[case::fraction_of_a_thousandth("12.555", "KWD", Some("pi_1"), "amount")]
#[case::fraction_of_an_ariary("12.50", "MGA", Some("pi_1"), "amount")]
#[case::currency_not_taken("12.550", "IQD", Some("pi_1"), "currency")]
#[case::no_reference("125.50", "KGS", None, "payment_reference")]
#[case::the_reference_of_a_charge("125.50", "KGS", Some("ch_1"), "payment_reference")]
#[case::a_path("125.50", "KGS", Some("pi_1/../refunds"), "payment_reference")]
#[tokio::test]
async fn a_request_that_stripe_cannot_carry_out_is_refused_before_any_call(
    #[case] amount: &str,
    #[case] currency: &str,
    #[case] reference: Option<&str>,
    #[case] field: &str,
    #[values(OperationKind::ExtraPayment, OperationKind::Reversal)] kind: OperationKind,
) {
    let stack = stack().await;
    let mut asked = Operation::new(kind, "bad").of(amount, currency);
    asked = asked.in_city("KG", "Osh");
    asked.payment_reference = reference.map(str::to_owned);
    start(&stack, asked).await;
    let books = stack.books("bad", "30s").await.unwrap();
    let harness::End::Failed(reason) = books.end else {
        panic!("{:?}", books.end)
    };
    assert!(reason.contains(field), "{reason}");
    let journal = stack.stripe().unwrap().journal().await.unwrap();
    assert!(journal.is_empty(), "{journal:?}");
}
