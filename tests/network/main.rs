//! What must hold when packets are lost. The tests run in a network of their own. If this machine
//! does not allow that, they count as ignored, and the reason is printed.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "../scenarios/books.rs"]
#[expect(dead_code, reason = "the scenarios use the rest")]
mod books;

mod cut_off;
mod dead_address;
mod late_bytes;

use std::process::ExitCode;

use harness::{machines, network};
use libtest_mimic::{Arguments, Trial, run};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let entered = if arguments.list {
        network::check()
    } else {
        network::enter()
    };
    if let Err(reason) = &entered {
        eprintln!("not run, as each of these tests needs a network of its own: {reason:#}");
    }
    let machines = entered.is_ok().then(|| {
        if arguments.list {
            machines::check()
        } else {
            machines::build()
        }
    });
    if let Some(Err(reason)) = &machines {
        eprintln!("not run, as one test needs several machines in that network: {reason:#}");
    }
    let has_machines = machines.is_some_and(|built| built.is_ok());
    let trials = late_bytes::trials().into_iter().chain([trial(
        "a_partner_whose_first_address_is_dead_is_reached_at_its_second",
        dead_address::a_partner_whose_first_address_is_dead_is_reached_at_its_second,
    )]);
    let trials = trials.map(|trial| trial.with_ignored_flag(entered.is_err()));
    let on_machines = trial(
        "whatever_happens_between_two_machines_no_payment_is_lost_or_doubled",
        cut_off::whatever_happens_between_two_machines_no_payment_is_lost_or_doubled,
    );
    let trials = trials.chain([on_machines.with_ignored_flag(!has_machines)]);
    run(&arguments, trials.collect()).exit_code()
}

fn trial<Run: Future<Output = ()>>(
    name: impl Into<String>,
    test: impl FnOnce() -> Run + Send + 'static,
) -> Trial {
    Trial::test(name, move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build()?.block_on(test());
        Ok(())
    })
}
