//! The suites of others against three replicas behind the balancer: the official SDKs, Schemathesis, and the recorded
//! exchanges of the real service. Each client has only the variables that a user would set.

use crate::behind::Behind;
use crate::support::Folder;
use crate::support::emulator::exchanges::all_are_answered_alike;
use crate::support::schemathesis::{self, CONTROL, Extent, SERVICE, operations_and_answered};

#[test]
#[ignore = "needs Python packages and PostgreSQL: run scripts/test.sh"]
fn the_python_sdk_behind_a_balancer() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let left_out = [
        // These endpoints ask for no credential, so they are off.
        "test_identity.py::test_imds",
        "test_identity.py::test_device_code",
        // Each process has its own log of requests.
        "test_faults.py::test_after_429_the_sdk_waits_as_long_as_retry_after_says",
        "test_faults.py::test_without_retry_after_the_sdk_does_not_send_a_creation_again",
        // The balancer answers 502 for a replica that ends the connection.
        "test_faults.py::test_an_identity_exists_although_the_connection_ended_after_it_was_created",
        "test_faults.py::test_no_identity_exists_if_the_connection_ended_before",
    ];
    let left_out = left_out.map(|name| format!("--deselect=tests/peers/python/{name}"));
    let words = [&python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/peers/python"];
    Behind::start().run(&words.into_iter().chain(left_out.iter().map(String::as_str)).collect::<Vec<_>>());
}

#[test]
#[ignore = "needs npm packages and PostgreSQL: run scripts/test.sh"]
fn the_javascript_sdk_behind_a_balancer() {
    let behind = Behind::start();
    behind.run(&["node", "--test", "tests/peers/javascript/identity.test.mjs"]);
    // The other test of this file reads the log of requests, and each process has its own.
    let without_log = "--test-name-pattern=^a credential refreshes ";
    behind.run(&["node", "--test", without_log, "tests/peers/javascript/faults.test.mjs"]);
}

#[test]
#[ignore = "needs Python packages and PostgreSQL: run scripts/test.sh"]
fn schemathesis_behind_a_balancer() {
    let folder = Folder::new();
    let file = |name: &str| folder.path().join(name);
    // The endpoint for web pages asks for no credential, so it is off, and answers every request with 403.
    let without_off = SERVICE.replace("(token|", "(");
    assert_ne!(without_off, SERVICE);
    let query = "?api-version=2025-03-02-preview";
    let service = schemathesis::command_in(Extent::brief(), "service_hooks", query, &without_off, &file("service"));
    let behind = Behind::start();
    behind.run(&["bash", "-c", &service]);
    // The operations of the control API come last, because they change what the others rely on.
    let control = schemathesis::command_in(Extent::brief(), "control_hooks", "", CONTROL, &file("control"));
    behind.run(&["bash", "-c", &control]);
    let (operations, of_service) = operations_and_answered(&file("service"));
    let answered = &of_service | &operations_and_answered(&file("control")).1;
    // A call of the other one would end a replica.
    let is_called = |name: &&String| !name.ends_with(" /emulator/token") && !name.ends_with(" /emulator/stop");
    let missing: Vec<&String> = operations.difference(&answered).filter(is_called).collect();
    assert!(missing.is_empty(), "never answered with 2xx: {missing:#?}");
}

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn the_recorded_exchanges_behind_a_balancer() {
    all_are_answered_alike(&mut Behind::start().service.balancer.client());
}
