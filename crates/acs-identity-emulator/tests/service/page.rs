//! Tests of the emulator's page: its URL, its codes, and the page's origin.

use std::net::Ipv4Addr;

use acs_identity_emulator::{Config, Emulator, Place, TrustFiles};

use super::support::client::{Answer, Client};
use super::support::running::Running;
use super::with_bearer;

fn headers<const N: usize>(headers: [(&str, &str); N]) -> Vec<(String, String)> {
    headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn sign_in(client: &mut Client, code: &str, origin: &str) -> Answer {
    let body = format!(r#"{{"code":"{code}"}}"#);
    client.raw("POST", "/emulator/page/session", &headers([("origin", origin)]), &body).unwrap()
}

#[test]
fn the_page_is_at_the_endpoint_without_tls() {
    let emulator = Emulator::start(Config { public_url: Some("https://acs.example".into()), ..Config::in_memory() });
    let emulator = emulator.unwrap();
    assert_eq!(emulator.dashboard(), format!("http://localhost:{}/emulator/", emulator.port()));
    let browser = headers([("accept", "text/html")]);
    let answer = Client::new(emulator.port()).raw("GET", "/emulator/", &browser, "").unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")), "{answer:?}");
    let place = Place::address(Ipv4Addr::new(127, 0, 0, 2).into());
    let emulator = Emulator::start(Config::in_memory().on(place)).unwrap();
    assert_eq!(emulator.dashboard(), format!("http://127.0.0.2:{}/emulator/", emulator.port()));
}

#[test]
fn a_code_of_the_program_signs_the_page_of_its_own_emulator_in() {
    let emulators = [(); 2].map(|()| Emulator::start(Config::in_memory()).unwrap());
    let [mut one, mut other] = [0, 1].map(|at| Client::new(emulators[at].port()));
    let own = format!("http://localhost:{}", emulators[0].port());
    let code = emulators[0].page_code();
    // A page of the other emulator has another port, and the other emulator does not know the code.
    let origin_of_other = format!("http://localhost:{}", emulators[1].port());
    assert_eq!(sign_in(&mut one, &code, &origin_of_other).status, 403);
    assert_eq!(sign_in(&mut other, &code, &origin_of_other).code(), "InvalidCode");
    let answer = sign_in(&mut one, &code, &own);
    assert_eq!((answer.status, answer.body["secret"].as_str()), (200, Some(emulators[0].control_secret())));
    assert_eq!(sign_in(&mut one, &code, &own).code(), "InvalidCode");
    assert_eq!(with_bearer(&mut one, "GET", "/emulator/status", emulators[0].control_secret()).status, 200);
    assert_eq!(with_bearer(&mut other, "GET", "/emulator/status", emulators[0].control_secret()).status, 401);
}

#[test]
fn trust_files_are_those_that_the_program_has_set() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    assert_eq!(emulator.trust_files(), None);
    let files = TrustFiles { certificate: Some("/tmp/ca.pem".into()), ..TrustFiles::default() };
    emulator.set_trust_files(files.clone());
    assert_eq!(emulator.trust_files(), Some(&files));
}

#[test]
fn events_tell_of_other_pages_that_call_and_not_of_the_own_one() {
    let (emulator, events) = Running::with_events(Config::in_memory());
    let mut client = emulator.client();
    let own = format!("http://localhost:{}", emulator.port);
    for (origin, status) in [(own.as_str(), 200), ("http://localhost:1", 403)] {
        client.extra = headers([("origin", origin), ("sec-fetch-site", "same-origin")]);
        assert_eq!(client.send("POST", "/emulator/list-keys?", "").status, status);
    }
    emulator.stop();
    insta::assert_snapshot!(events.text(), @r"
    WARN 403 POST /emulator/list-keys from 127.0.0.1: Web pages may not call this endpoint (Origin, Sec-Fetch-Site), except for the emulator's own page. If that page is reached through a proxy, start the emulator with the page's URL: --public-url. status=403 method=POST path=/emulator/list-keys
    WARN POST /emulator/list-keys from the origin http://localhost:1: web pages may not call this endpoint method=POST path=/emulator/list-keys origin=http://localhost:1
    ");
}
