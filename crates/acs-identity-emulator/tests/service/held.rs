//! Requests that a fault delays, while the fault is removed. They must end at once, without an effect.

use std::io::ErrorKind;
use std::thread::JoinHandle;
use std::time::Duration;

use acs_identity_emulator::testing::{Emulator, Fault, FaultId};
use serde_json::Value;

use super::support::client::{Answer, Client};
use super::support::running::Running;

/// A fault that delays for longer than any test takes.
const LATE: &str = r#"{"operation":"createIdentity","delayMilliseconds":300000}"#;

/// Sends a creation that this fault delays. Returns when the request waits.
fn wait_in(running: &Running, client: &mut Client, fault: &str) -> JoinHandle<std::io::Result<Answer>> {
    let mut hits = || client.send("GET", &format!("/emulator/faults/{fault}?"), "").body["hits"].as_u64().unwrap();
    let before = hits();
    let mut waiting = running.client();
    let waits = std::thread::spawn(move || waiting.try_send("POST", "/identities", ""));
    while hits() == before {
        std::thread::yield_now();
    }
    waits
}

/// Checks that the request got no response.
fn assert_lost(waits: JoinHandle<std::io::Result<Answer>>) {
    let kind = waits.join().unwrap().unwrap_err().kind();
    assert!(matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset), "{kind:?}");
}

fn add(client: &mut Client, rule: &str) -> String {
    let answer = client.send("POST", "/emulator/faults?", rule);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

/// Returns the requests of the service that the log has, and how many identities there are.
fn left(client: &mut Client) -> (Value, Value) {
    let log = client.send("GET", "/emulator/requests?control=false", "");
    let status = client.send("GET", "/emulator/status?", "");
    (log.body["value"].clone(), status.body["identities"].clone())
}

#[test]
fn a_request_that_waits_ends_unexecuted_and_unlogged_when_its_fault_is_removed() {
    let running = Running::in_memory();
    let mut client = running.client();
    for (method, path) in
        [("DELETE", "/emulator/faults/ID?"), ("DELETE", "/emulator/faults?"), ("POST", "/emulator/reset?")]
    {
        let fault = add(&mut client, LATE);
        let waits = wait_in(&running, &mut client, &fault);
        let answer = client.send(method, &path.replace("ID", &fault), "");
        assert!(answer.status < 300, "{answer:?}");
        assert_lost(waits);
        assert_eq!(left(&mut client), (Value::Array(Vec::new()), 0.into()), "{path}");
    }
    let metrics = client.send("GET", "/emulator/metrics?", "").body;
    assert!(!metrics.as_str().unwrap().contains("operation=\"createIdentity\""), "{metrics}");
}

#[test]
fn a_request_that_waits_ends_when_a_state_is_imported_and_its_fault_stays() {
    let running = Running::in_memory();
    let mut client = running.client();
    let Value::String(state) = client.send("GET", "/emulator/export?", "").body else { panic!("no lines of JSON") };
    let fault = add(&mut client, LATE);
    let waits = wait_in(&running, &mut client, &fault);
    assert_eq!(client.send("POST", "/emulator/import?replace=true", "not a state").status, 400);
    assert!(!waits.is_finished(), "a refused import changes nothing");
    assert_eq!(client.send("POST", "/emulator/import?replace=true", &state).status, 200);
    assert_lost(waits);
    assert_eq!(left(&mut client), (Value::Array(Vec::new()), 0.into()));
    // The fault holds the next request.
    let waits = wait_in(&running, &mut client, &fault);
    assert_eq!(client.send("DELETE", "/emulator/faults?", "").status, 204);
    assert_lost(waits);
}

#[test]
fn a_request_goes_on_when_another_fault_than_its_own_is_removed() {
    let running = Running::in_memory();
    let mut client = running.client();
    let own = add(&mut client, r#"{"operation":"createIdentity","delayMilliseconds":200}"#);
    let other = add(&mut client, LATE);
    let waits = wait_in(&running, &mut client, &own);
    assert_eq!(client.send("DELETE", &format!("/emulator/faults/{other}?"), "").status, 204);
    assert_eq!(waits.join().unwrap().unwrap().status, 201);
}

#[tokio::test]
async fn the_test_kit_ends_requests_that_wait_when_it_removes_their_fault() {
    let emulator = Emulator::start().await.unwrap();
    let faults = emulator.faults();
    let remove: [&dyn Fn(FaultId); 2] = [&|id| assert!(faults.delete(id)), &|_| faults.clear()];
    for remove in remove {
        let id = faults.add(Fault::on("createIdentity").delay(Duration::from_secs(300)));
        let mut client = Client::new(emulator.port());
        let waits = std::thread::spawn(move || client.try_send("POST", "/identities", ""));
        while faults.list()[0].hits == 0 {
            tokio::task::yield_now().await;
        }
        remove(id);
        assert_lost(waits);
        assert!(emulator.requests().is_empty());
    }
}
