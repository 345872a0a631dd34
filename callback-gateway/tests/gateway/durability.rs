//! A callback that was answered 200 is in the history, whatever is killed right after.

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;

use super::dev_server::{DevServer, free_address, shared};
use super::process::{Gateway, metric, token, wait_for};
use super::wire::{callback, connect, reply};

const PAYMENTS: usize = 12;

/// Whoever is killed is killed once so many callbacks were answered 200: in the middle of them.
const ENOUGH: usize = 4;

fn on_disk(folder: &tempfile::TempDir) -> [String; 2] {
    let file = folder.path().join("temporal.db");
    [
        "--db-filename".to_owned(),
        file.to_str().unwrap().to_owned(),
    ]
}

fn payment(number: usize) -> String {
    format!("durable-{number}")
}

fn temporal_with_payments(address: &str, disk: &[String; 2]) -> DevServer {
    let temporal = DevServer::start(address, &disk.each_ref().map(String::as_str));
    (0..PAYMENTS).for_each(|number| temporal.start_workflow(&payment(number)));
    temporal
}

/// One for each payment. They are an hour old: no window of a token's age ends while this runs.
fn callbacks() -> Vec<String> {
    let callback = |payment: String| callback(&token(&payment, 3600), &payment);
    (0..PAYMENTS).map(payment).map(callback).collect()
}

/// Sends the callbacks one soon after the other, has `kill` strike in the middle of them, and tells
/// which were answered 200.
fn answered_before(gateway: &str, callbacks: &[String], kill: impl FnOnce()) -> Vec<bool> {
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        let send = |(number, callback): (u32, String)| {
            let tell = tell.clone();
            scope.spawn(move || {
                std::thread::sleep(Duration::from_millis(20) * number);
                let taken = is_taken(gateway, &callback);
                if taken {
                    let _ = tell.send(());
                }
                taken
            })
        };
        let sent: Vec<_> = (0..).zip(callbacks.to_vec()).map(send).collect();
        for _ in 0..ENOUGH {
            told.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        kill();
        let taken = sent.into_iter().map(|callback| callback.join().unwrap());
        taken.collect()
    })
}

/// Whether it is answered 200 by a gateway that may be gone.
fn is_taken(gateway: &str, callback: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(gateway) else {
        return false;
    };
    let _ = stream.write_all(callback.as_bytes());
    reply(&mut stream).status == 200
}

/// Those that were answered 200 are there once, the others at most once; and a repeat of all makes
/// it once for each.
fn must_be_in_the_histories(temporal: &DevServer, callbacks: &[String], answered: &[bool]) {
    for (number, answered) in answered.iter().enumerate() {
        let signals = temporal.signals(&payment(number)).len();
        if *answered {
            assert_eq!(signals, 1, "{} was answered 200", payment(number))
        } else {
            assert!(signals <= 1)
        }
    }
    let gateway = Gateway::ready(&temporal.address, "");
    for (number, callback) in callbacks.iter().enumerate() {
        assert_eq!(gateway.status(callback), 200);
        assert_eq!(temporal.signals(&payment(number)).len(), 1);
    }
}

#[test]
fn a_gateway_killed_right_after_its_answers_has_lost_none() {
    let folder = tempfile::tempdir().unwrap();
    let temporal = temporal_with_payments(&free_address(), &on_disk(&folder));
    let gateway = Gateway::ready(&temporal.address, "");
    let (public, callbacks) = (gateway.public.clone(), callbacks());
    let answered = answered_before(&public, &callbacks, || drop(gateway));
    must_be_in_the_histories(&temporal, &callbacks, &answered);
}

#[test]
fn a_temporal_killed_right_after_the_answers_and_started_again_has_lost_none() {
    let folder = tempfile::tempdir().unwrap();
    let (address, disk) = (free_address(), on_disk(&folder));
    let temporal = temporal_with_payments(&address, &disk);
    let gateway = Gateway::ready(&address, "");
    let callbacks = callbacks();
    let answered = answered_before(&gateway.public, &callbacks, || drop(temporal));
    let temporal = DevServer::start(&address, &disk.each_ref().map(String::as_str));
    must_be_in_the_histories(&temporal, &callbacks, &answered);
    gateway.wait_until_ready();
}

#[test]
fn a_callback_whose_peer_has_hung_up_is_stored_and_counted() {
    let gateway = Gateway::ready(&shared().address, "");
    let gone = |number: usize| format!("gone-{number}");
    for number in 0..PAYMENTS {
        shared().start_workflow(&gone(number));
    }
    for number in 0..PAYMENTS {
        let mut stream = connect(&gateway.public);
        let callback = callback(&token(&gone(number), 3600), &gone(number));
        stream.write_all(callback.as_bytes()).unwrap();
    }
    let taken = "sky_gateway_requests_total{route=\"on_payment_completed\",answer=\"200\",\
                 reason=\"taken\"}";
    let all = PAYMENTS as f64;
    wait_for("each count", || metric(&gateway, taken) == Some(all));
    for number in 0..PAYMENTS {
        assert_eq!(shared().signals(&gone(number)).len(), 1, "{number}");
    }
}
