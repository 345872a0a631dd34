//! Whether what goes wrong beside the payments of one account makes them slow.

mod neighbour;

use std::time::Duration;

use workflows::contract::kind::Kind;

use self::neighbour::{Neighbour, add_account};
use crate::Arguments;
use crate::load::micros;
use crate::report::Figure;
use crate::scene::Scene;
use crate::subject::{Load, Subject};

/// How many payments of the account are measured at once.
const AT_ONCE: usize = 8;

/// Until as many steps hang as will, and those that hung first have been given up.
const BEGIN: Duration = Duration::from_secs(15);

/// The latencies of one account alone, and beside each neighbour. Its payments are measured beside a
/// partner that fails, from their start until they are billed. Billing is one for all accounts, so
/// beside a billing that fails its reversals are measured, which need none.
pub(crate) async fn isolation(
    scene: &mut Scene,
    arguments: &Arguments,
) -> anyhow::Result<Vec<Figure>> {
    add_account(scene).await?;
    let mut figures = Vec::new();
    for neighbour in Neighbour::ALL {
        let (kind, what) = match neighbour {
            Neighbour::SlowPartner | Neighbour::SilentPartner | Neighbour::SilentAboutStatus => {
                (Kind::ExtraPayment, "extra payment")
            }
            Neighbour::SilentBilling => (Kind::PaymentReversal, "reversal"),
        };
        let measured = scene.payments(kind, None);
        measured.run(5 * AT_ONCE, AT_ONCE).await?;
        let (mut beside, mut alone) = (Vec::new(), Vec::new());
        for round in 1..=arguments.rounds {
            eprintln!(
                "beside {}: round {round} of {}",
                neighbour.label(),
                arguments.rounds
            );
            alone.push(measured.run(arguments.quick, AT_ONCE).await?);
            beside.push(run_beside(scene, &measured, neighbour, arguments.quick).await?);
        }
        for percent in [50, 99] {
            let latency = |load: &Load| micros(load.percentile(percent));
            let [own, floor] = [&beside, &alone].map(|loads| loads.iter().map(latency).collect());
            let words = neighbour.label();
            let what = format!("{what}: p{percent} beside {words} (floor: alone)");
            figures.push(Figure::new(what, "ms", own, floor));
        }
    }
    Ok(figures)
}

/// Measures while the neighbour's payments hang, and then lets them end, so that the next round begins
/// with nothing under way.
async fn run_beside(
    scene: &Scene,
    measured: &Subject,
    neighbour: Neighbour,
    count: usize,
) -> anyhow::Result<Load> {
    let hanging = neighbour.begin(scene).await?;
    let load = async {
        tokio::time::sleep(BEGIN).await;
        measured.run(count, AT_ONCE).await
    };
    let load = tokio::select! {
        load = load => load?,
        error = hanging.keep_up() => return Err(error),
    };
    hanging.end().await?;
    Ok(load)
}
