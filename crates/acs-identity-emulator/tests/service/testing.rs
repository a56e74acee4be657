//! Tests of the test kit. Their client blocks its thread, so the kit must not need the thread of the test.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, SystemTime};

use acs_identity_emulator::Seed;
use acs_identity_emulator::testing::{Emulator, Fault};
use time::OffsetDateTime;

use super::connections::{connect, rest_of};
use super::support::client::Client;
use super::support::events::Events;
use super::token_of;

const SECOND: Duration = Duration::from_secs(1);
const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Starts an emulator, and returns a client of it.
async fn start() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(emulator.port());
    (emulator, client)
}

#[tokio::test]
async fn it_serves_while_the_only_thread_of_the_runtime_is_blocked() {
    let (emulator, mut client) = start().await;
    let user = client.create();
    assert!(emulator.is_active(&token_of(&client.issue(&user))));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_on_a_runtime_with_several_threads() {
    let (emulator, mut client) = start().await;
    assert_eq!(emulator.endpoint(), format!("https://localhost:{}", emulator.port()));
    assert!(emulator.connection_string().starts_with(&format!("endpoint={}", emulator.endpoint())));
    assert_eq!(emulator.access().connection_string(), emulator.connection_string());
    client.create();
}

#[tokio::test]
async fn emulators_share_nothing() {
    let (first, mut of_first) = start().await;
    let (second, mut of_second) = start().await;
    assert_ne!(first.ca_certificate(), second.ca_certificate());
    first.clock().set(SystemTime::UNIX_EPOCH);
    first.faults().add(Fault::on("createIdentity").status(503));
    assert_eq!(of_first.send("POST", "/identities", "").status, 503);
    let user = of_second.create();
    let token = token_of(&of_second.issue(&user));
    assert!(second.is_active(&token) && !first.is_active(&token));
    assert!((second.clock().now() - OffsetDateTime::now_utc()).abs() < time::Duration::MINUTE);
    assert_eq!((first.requests().len(), second.requests().len()), (1, 2));
}

#[tokio::test]
async fn a_token_is_active_until_it_expires() {
    let (emulator, mut client) = start().await;
    let user = client.create();
    let token = token_of(&client.issue(&user));
    emulator.clock().advance(23 * HOUR);
    assert!(emulator.is_active(&token));
    emulator.clock().advance(HOUR);
    assert!(!emulator.is_active(&token));
    emulator.clock().reset();
    assert!(emulator.is_active(&token));
    client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), "");
    assert!(!emulator.is_active(&token));
}

#[tokio::test]
async fn a_clock_can_be_given_away_and_shows_the_time_after_the_stop() {
    let (emulator, _) = start().await;
    let clock = emulator.clock();
    let theirs = clock.clone();
    let now = std::thread::spawn(move || {
        theirs.set(OffsetDateTime::UNIX_EPOCH);
        theirs.freeze();
        theirs.now()
    });
    let now = now.join().unwrap();
    assert_eq!(emulator.clock().now(), now);
    drop(emulator);
    assert_eq!(clock.now(), now);
}

#[tokio::test]
#[should_panic(expected = "The clock of the emulator can no longer be set: the emulator has stopped.")]
async fn a_clock_that_is_set_after_the_stop_is_a_mistake_of_the_test() {
    let clock = Emulator::start().await.unwrap().clock();
    clock.advance(HOUR);
}

#[tokio::test]
async fn a_frozen_clock_is_set_and_moved_to_the_exact_time() {
    let (emulator, _) = start().await;
    let clock = emulator.clock();
    clock.freeze();
    clock.set(OffsetDateTime::UNIX_EPOCH);
    clock.advance(HOUR);
    clock.advance(-time::Duration::MINUTE);
    assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(59));
    clock.resume();
    assert!(clock.now() < OffsetDateTime::UNIX_EPOCH + time::Duration::hours(1));
}

#[tokio::test]
#[should_panic(expected = "The clock of the emulator can show times from 1970-01-01 to 2262-01-01 only.")]
async fn a_time_that_the_clock_cannot_show_is_a_mistake_of_the_test() {
    let (emulator, _) = start().await;
    emulator.clock().advance(Duration::MAX);
}

#[tokio::test]
async fn a_fault_hits_as_often_as_it_says() {
    let (emulator, mut client) = start().await;
    let user = client.create();
    let fault = Fault::on("issueAccessToken").status(429).retry_after(Duration::from_millis(1500)).times(2);
    let id = emulator.faults().add(fault.clone());
    let answers: Vec<_> = (0..3).map(|_| client.issue(&user)).collect();
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [429, 429, 200]);
    assert_eq!((answers[0].code(), answers[0].header("retry-after")), ("TooManyRequests", Some("2")));
    let listed = emulator.faults().list();
    assert_eq!((listed.len(), listed[0].id, listed[0].hits), (1, id, 2));
    assert_eq!(listed[0].fault, fault);
    let hit: Vec<_> = emulator.requests().into_iter().map(|request| request.fault).collect();
    assert_eq!(hit, [None, Some(id), Some(id), None]);
}

#[tokio::test]
async fn faults_are_deleted() {
    let (emulator, mut client) = start().await;
    let faults = emulator.faults();
    let id =
        faults.add(Fault::on_any().method("POST").path("/identities").status(500).code("Broken").message("Sorry."));
    faults.add(Fault::on("createIdentity").status(400));
    let answer = client.send("POST", "/identities", "");
    assert_eq!((answer.status, answer.code(), answer.message()), (500, "Broken", "Sorry."));
    assert!(faults.delete(id) && !faults.delete(id));
    assert_eq!(client.send("POST", "/identities", "").status, 400);
    faults.clear();
    client.create();
}

#[tokio::test]
async fn a_fault_lets_tokens_expire_early_or_ends_the_connection() {
    let (emulator, mut client) = start().await;
    let user = client.create();
    emulator.faults().add(Fault::on("issueAccessToken").token_expires_in(Duration::ZERO).times(1));
    assert!(!emulator.is_active(&token_of(&client.issue(&user))));
    emulator.faults().add(Fault::on_any().identity(&user).drop_after().times(1));
    let path = format!("/identities/{user}/:issueAccessToken");
    assert!(client.try_send("POST", &path, r#"{"scopes":["chat"]}"#).is_err());
    assert_eq!(emulator.requests().last().unwrap().status, None);
}

#[tokio::test]
#[should_panic(expected = "The fault cannot be used: `on` must be one of createIdentity, ")]
async fn an_unknown_operation_of_a_fault_is_a_mistake_of_the_test() {
    let (emulator, _) = start().await;
    emulator.faults().add(Fault::on("createIdentities").status(500));
}

#[tokio::test]
async fn the_requests_say_what_was_sent_and_answered() {
    let (emulator, mut client) = start().await;
    let user = client.create();
    client.issue("8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000001");
    let [created, refused] = &emulator.requests()[..] else { panic!("{:?}", emulator.requests()) };
    assert_eq!((created.number, created.method.as_str(), created.path.as_str()), (1, "POST", "/identities"));
    assert_eq!((created.operation, created.status), (Some("createIdentity"), Some(201)));
    assert_eq!((created.api_version.as_deref(), created.identity.as_deref()), (Some("2023-10-01"), Some(&*user)));
    assert_eq!((refused.status, refused.code.as_deref()), (Some(401), Some("IdentityNotOwned")));
}

#[tokio::test]
async fn it_starts_with_the_options_of_the_builder() {
    let seed =
        Seed::parse(b"{identities: [{customId: alice}], faults: [{operation: getIdentity, status: 500}]}").unwrap();
    let builder = Emulator::builder().seed(seed).revocation_delay(QUARTER).time(OffsetDateTime::UNIX_EPOCH);
    let emulator = builder.strict_api_version().throttle().start().await.unwrap();
    assert_eq!(emulator.clock().now().year(), 1970);
    assert_eq!(emulator.faults().list().len(), 1);
    let mut client = Client::new(emulator.port());
    assert_eq!(client.send("POST", "/identities?api-version=2999-01-01", "").status, 400);
    let user = client.create();
    let token = token_of(&client.issue(&user));
    client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), "");
    assert!(emulator.is_active(&token));
    emulator.clock().advance(QUARTER);
    assert!(!emulator.is_active(&token));
}

#[tokio::test]
async fn a_start_that_fails_says_why() {
    let before_1970 = OffsetDateTime::UNIX_EPOCH - time::Duration::DAY;
    let error = Emulator::builder().time(before_1970).start().await.unwrap_err();
    assert!(error.to_string().contains("1969-12-31"), "{error}");
    for delay in [QUARTER + Duration::from_nanos(1), Duration::MAX] {
        let error = Emulator::builder().revocation_delay(delay).start().await.unwrap_err();
        assert!(error.to_string().contains("at most 15 minutes"), "{error}");
    }
}

#[tokio::test]
async fn a_part_of_a_unit_of_a_fault_counts_as_a_whole_one() {
    let (emulator, _) = start().await;
    let part = Duration::from_micros(1);
    for (fault, whole) in [
        (Fault::on_any().status(429).retry_after(part), Fault::on_any().status(429).retry_after(SECOND)),
        (Fault::on_any().delay(part), Fault::on_any().delay(Duration::from_millis(1))),
        (Fault::on_any().token_expires_in(part), Fault::on_any().token_expires_in(SECOND)),
        (Fault::on_any().shift(part), Fault::on_any().shift(SECOND)),
        (Fault::on_any().shift(-time::Duration::MICROSECOND), Fault::on_any().shift(-time::Duration::SECOND)),
    ] {
        emulator.faults().clear();
        emulator.faults().add(fault);
        assert_eq!(emulator.faults().list()[0].fault, whole);
    }
}

#[tokio::test]
#[should_panic(expected = "The fault cannot be used: retry_after must be at most 31622400 seconds.")]
async fn too_long_a_wait_is_a_mistake_of_the_test() {
    start().await.0.faults().add(Fault::on_any().status(429).retry_after(Duration::MAX));
}

#[tokio::test]
async fn a_drop_ends_requests_that_wait() {
    let (emulator, _) = start().await;
    emulator.faults().add(Fault::on_any().include_unauthenticated().delay(Duration::from_secs(300)));
    let port = emulator.port();
    let mut waiting = connect(port);
    waiting.write_all(b"POST /identities HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n").unwrap();
    while emulator.faults().list()[0].hits == 0 {
        tokio::task::yield_now().await;
    }
    drop(emulator);
    assert_eq!(rest_of(waiting), "");
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}

#[test]
fn its_events_go_to_the_subscriber_of_the_test() {
    let _ = tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::new());
    let events = Events::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tracing::subscriber::with_default(events.clone(), || {
        runtime.block_on(async {
            let (_emulator, mut client) = start().await;
            assert_eq!(client.raw("GET", "/identities", &[], "").unwrap().status, 401);
        });
    });
    assert_eq!(events.text().lines().count(), 1, "{}", events.text());
}
