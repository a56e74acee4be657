//! Tests of the log of requests, which the control API shows.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use acs_identity_emulator::Config;
use serde_json::Value;

use super::support::client::{Answer, Client};
use super::support::running::Running;

fn list(client: &mut Client, query: &str) -> Answer {
    client.send("GET", &format!("/emulator/requests?{query}"), "")
}

/// Returns a member of each request.
fn members(answer: &Answer, name: &str) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["value"].as_array().unwrap().iter().map(|request| request[name].clone()).collect()
}

#[test]
fn requests_are_listed_in_their_order_with_what_was_answered() {
    let running = Running::in_memory();
    let mut client = running.client();
    client.extra = vec![("user-agent".into(), "test/1".into())];
    let user = client.create();
    client.issue(&user);
    client.send("GET", "/nowhere", "");
    let answer = list(&mut client, "");
    assert_eq!(answer.body["newest"], 3);
    let mut shown = answer.body["value"].clone();
    for request in shown.as_array_mut().unwrap() {
        assert!(request["microseconds"].as_u64().unwrap() > 0);
        assert!(request["peer"].as_str().unwrap().starts_with("127.0.0.1:"));
        for member in ["time", "microseconds", "peer"] {
            request.as_object_mut().unwrap().remove(member);
        }
    }
    let shown = serde_json::to_string_pretty(&shown).unwrap().replace(&user, "USER");
    insta::assert_snapshot!(shown, @r#"
    [
      {
        "number": 1,
        "signature": null,
        "method": "POST",
        "path": "/identities",
        "apiVersion": "2023-10-01",
        "operation": "createIdentity",
        "status": 201,
        "code": null,
        "fault": null,
        "reason": null,
        "userAgent": "test/1",
        "authentication": "primaryKey",
        "caller": null,
        "identity": "USER"
      },
      {
        "number": 2,
        "signature": null,
        "method": "POST",
        "path": "/identities/USER/:issueAccessToken",
        "apiVersion": "2023-10-01",
        "operation": "issueAccessToken",
        "status": 200,
        "code": null,
        "fault": null,
        "reason": null,
        "userAgent": "test/1",
        "authentication": "primaryKey",
        "caller": null,
        "identity": "USER"
      },
      {
        "number": 3,
        "signature": null,
        "method": "GET",
        "path": "/nowhere",
        "apiVersion": "2023-10-01",
        "operation": null,
        "status": 404,
        "code": "NotFound",
        "fault": null,
        "reason": "There is no resource at '/nowhere'.",
        "userAgent": "test/1",
        "authentication": "primaryKey",
        "caller": null,
        "identity": null
      }
    ]
    "#);
}

#[test]
fn requests_can_be_chosen_by_status_identity_and_number() {
    let running = Running::in_memory();
    let mut client = running.client();
    let user = client.create();
    client.issue(&user);
    client.send("GET", "/nowhere", "");
    client.send("PUT", "/identities", "");
    assert_eq!(members(&list(&mut client, "status=4xx"), "number"), [3, 4]);
    assert_eq!(members(&list(&mut client, "status=404"), "number"), [3]);
    assert_eq!(members(&list(&mut client, "status=dropped"), "number"), [0; 0]);
    assert_eq!(members(&list(&mut client, &format!("identity={user}")), "number"), [1, 2]);
    assert_eq!(members(&list(&mut client, "last=1"), "number"), [4]);
    assert_eq!(members(&list(&mut client, "after=1&last=2"), "number"), [2, 3]);
    assert_eq!(client.send("DELETE", "/emulator/requests?", "").status, 204);
    let cleared = list(&mut client, "");
    assert_eq!((members(&cleared, "number"), &cleared.body["newest"]), (vec![], &Value::from(4)));
}

#[test]
fn the_requests_about_an_identity_are_found_by_its_custom_id() {
    let running = Running::in_memory();
    let mut client = running.client();
    client.create();
    let created = client.send("POST", "/identities?api-version=2025-03-02-preview", r#"{"customId":"alice smith"}"#);
    client.issue(created.body["identity"]["id"].as_str().unwrap());
    client.send("GET", "/emulator/identities/alice%20smith?", "");
    assert_eq!(members(&list(&mut client, "identity=alice%20smith"), "number"), [2, 3, 4]);
    assert_eq!(members(&list(&mut client, "identity=alice"), "number"), [0; 0]);
}

#[test]
fn values_that_make_no_sense_are_refused() {
    let running = Running::in_memory();
    let mut client = running.client();
    let mut said = Vec::new();
    for query in ["status=4x", "last=0", "last=10001", "after=-1", "wait=31", "wait=x"] {
        let answer = list(&mut client, query);
        said.push(format!("{query}: {} {}", answer.status, answer.body["error"]));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    status=4x: 400 {"code":"ValidationError","message":"'status' must be a status such as 404, a class such as 4xx, or dropped.","target":"status"}
    last=0: 400 {"code":"ValidationError","message":"'last' must be a number from 1 to 10000.","target":"last"}
    last=10001: 400 {"code":"ValidationError","message":"'last' must be a number from 1 to 10000.","target":"last"}
    after=-1: 400 {"code":"ValidationError","message":"'after' must be a number from 0 to 18446744073709551615.","target":"after"}
    wait=31: 400 {"code":"ValidationError","message":"'wait' must be a number from 0 to 30.","target":"wait"}
    wait=x: 400 {"code":"ValidationError","message":"'wait' must be a number from 0 to 30.","target":"wait"}
    "#);
}

#[test]
fn an_emulator_without_the_log_says_so_and_keeps_nothing() {
    let running = Running::start(Config { keep_requests: false, ..Config::in_memory() });
    let mut client = running.client();
    client.create();
    let answer = list(&mut client, "");
    assert_eq!((answer.status, answer.message()), (409, "The emulator was started without the log of requests."));
    assert_eq!(client.send("GET", "/emulator/status?", "").body["requests"], 0);
}

#[test]
fn a_reader_waits_for_the_next_request() {
    let running = Running::in_memory();
    let mut client = running.client();
    client.create();
    let port = running.port;
    let waiting = thread::spawn(move || list(&mut Client::new(port), "after=1&wait=20&status=404"));
    thread::sleep(Duration::from_millis(100));
    // This one does not fit, so the reader goes on waiting.
    client.create();
    client.send("GET", "/nowhere", "");
    let answer = waiting.join().unwrap();
    assert_eq!((members(&answer, "number"), &answer.body["newest"]), (vec![3.into()], &Value::from(3)));
    let began = Instant::now();
    assert_eq!(members(&list(&mut client, "after=3&wait=1"), "number"), [0; 0]);
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_reader_that_waits_does_not_delay_the_end_of_the_emulator() {
    let running = Running::in_memory();
    let port = running.port;
    let waiting = thread::spawn(move || list(&mut Client::new(port), "wait=30"));
    thread::sleep(Duration::from_millis(200));
    let began = Instant::now();
    running.stop();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert_eq!(members(&waiting.join().unwrap(), "number"), [0; 0]);
}

#[test]
fn requests_whose_heads_cannot_be_read_are_listed_with_their_peer_only() {
    let running = Running::in_memory();
    let large = format!("GET /health HTTP/1.1\r\nX-Large: {}\r\n\r\n", "x".repeat(60_000));
    let mut client = running.client();
    for (former, request) in [large.as_str(), "SSH-2.0-OpenSSH_9.2\r\n\r\n"].into_iter().enumerate() {
        let mut stream = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_end(&mut Vec::new());
        // A request is listed after its connection was closed, so the reader waits for it.
        list(&mut client, &format!("after={former}&wait=20"));
    }
    let answer = list(&mut client, "");
    assert_eq!(members(&answer, "status"), [431, 400], "{answer:?}");
    assert_eq!(members(&answer, "code"), ["HeadTooLarge", "BadRequest"]);
    assert_eq!(members(&answer, "method"), [Value::Null, Value::Null]);
    assert!(members(&answer, "peer").iter().all(|peer| peer.as_str().unwrap().starts_with("127.0.0.1:")));
}
