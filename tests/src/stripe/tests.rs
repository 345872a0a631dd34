use super::*;

#[tokio::test]
async fn an_order_is_paid_and_refunded_with_the_key_for_reversals() {
    let stripe = Stripe::start().await.unwrap();
    let order = stripe
        .pay_order("o-1", 84_000, "kgs", "pm_card_visa")
        .await
        .unwrap();
    let refund = format!(
        "payment_intent={}&amount=9990&metadata[request_id]=r-1",
        order.payment_intent
    );
    let status = async |key: PathBuf| {
        let request = stripe
            .simulator
            .http()
            .post(format!("{}/v1/refunds", stripe.url()))
            .bearer_auth(read(&key).unwrap())
            .header("stripe-version", "2026-10-28.endive")
            .header("idempotency-key", "r-1")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(refund.clone());
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(stripe.payment_key_file()).await, 403);
    assert_eq!(status(stripe.reversal_key_file()).await, 200);

    let moved = stripe.ledger("r-1").await.unwrap();
    assert_eq!(moved.len(), 1);
    assert_eq!((moved[0].kind.as_str(), moved[0].amount), ("refund", 9_990));
    stripe.set_refund_status("r-1", "failed").await.unwrap();
    assert_eq!(stripe.ledger("r-1").await.unwrap()[0].status, "failed");

    let new_key = stripe.new_reversal_key("second").await.unwrap();
    stripe
        .remove_key(&stripe.reversal_key_file())
        .await
        .unwrap();
    assert_eq!(status(stripe.reversal_key_file()).await, 401);
    assert_eq!(status(new_key).await, 200);
}
