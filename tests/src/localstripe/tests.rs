use super::*;
use crate::not_tested;

#[tokio::test]
async fn it_starts_and_creates_a_payment() {
    if let Err(missing) = LocalStripe::check() {
        return not_tested(NAME, missing);
    }
    let stripe = LocalStripe::start().await.unwrap();
    let order = stripe.api().pay_order("o-1", 84_000, "kgs").await.unwrap();
    let form = format!(
        "amount=12550&currency=kgs&customer={}&payment_method={}&metadata[request_id]=r-1",
        order.customer, order.payment_method
    );
    let created = stripe
        .api()
        .call("/v1/payment_intents", &form)
        .await
        .unwrap();
    assert_eq!(created["status"], "requires_confirmation");
    assert_eq!(created["amount"], 12_550);
    assert_eq!(created["metadata"]["request_id"], "r-1");
    assert_ne!(created["id"], order.payment_intent);
}
