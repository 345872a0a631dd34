//! The first contact with Temporal, and the container's question whether all is well.

use super::dev_server::{DevServer, free_address, shared};
use super::process::{Gateway, healthcheck, run_to_its_end};

#[test]
fn a_namespace_that_is_not_there_ends_it_before_a_port_is_bound() {
    let nowhere = [("TEMPORAL_NAMESPACE", "nowhere")];
    let output = run_to_its_end(&shared().address, &nowhere);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{told}");
    assert!(output.stdout.is_empty(), "no port was announced");
    assert!(told.contains("has no namespace"), "{told}");
    assert!(told.contains("TEMPORAL_NAMESPACE"), "{told}");
}

#[test]
fn a_gateway_that_waits_for_temporal_ends_once_temporal_refuses_it() {
    let address = free_address();
    let nowhere = [("TEMPORAL_NAMESPACE", "nowhere")];
    let gateway = Gateway::start_in(&address, "", &nowhere);
    let _temporal = DevServer::start(&address, &[]);
    assert_eq!(gateway.wait().code(), Some(78));
}

#[test]
fn the_health_check_asks_the_private_port() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Gateway::ready(&shared().address, "");
    for probe in ["live", "ready"] {
        let output = healthcheck(folder.path(), &gateway.private, probe);
        assert!(output.status.success(), "{output:?}");
    }
    let away = Gateway::start(&free_address(), "");
    let live = healthcheck(folder.path(), &away.private, "live");
    assert!(live.status.success(), "{live:?}");
    let output = healthcheck(folder.path(), &away.private, "ready");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("temporal is out of reach"), "{told}");
}
