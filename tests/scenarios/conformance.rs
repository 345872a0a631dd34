//! What must hold with every partner, played against each back end that can be had here.

use harness::conformance::{AtLocalStripe, AtSky, AtStripe, AtStripeWorld, BackEnd, Verdict, play};
use harness::not_tested;

#[tokio::test]
async fn the_adapter_for_sky_conforms() {
    conforms(&AtSky).await;
}

#[tokio::test]
async fn the_adapter_for_stripe_conforms() {
    conforms(&AtStripe::default()).await;
}

#[tokio::test]
async fn the_adapter_for_stripe_conforms_with_localstripe() {
    match AtLocalStripe::start().await {
        Ok(localstripe) => conforms(&localstripe).await,
        Err(missing) => not_tested("localstripe", missing),
    }
}

#[tokio::test]
async fn the_adapter_for_stripe_conforms_with_stripe_world() {
    match AtStripeWorld::start().await {
        Ok(world) => conforms(&world).await,
        // Its Python is newer than the one that Debian has.
        Err(missing) => eprintln!("Stripe World is not tested: {missing:#}"),
    }
}

async fn conforms<B: BackEnd>(back_end: &B) {
    let mut failed = String::new();
    for (scenario, verdict) in play(back_end).await.unwrap() {
        if let Verdict::Failed(why) = verdict {
            failed += &format!("\n{}: {why}", scenario.name);
        }
    }
    assert!(failed.is_empty(), "{}:{failed}", B::NAME);
}
