//! Tests of handles, with which a test kit starts and stops emulators.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use acs_identity_emulator::{Config, Emulator, Error, Place, runtime};
use acs_identity_protocol::ConnectionString;

use super::connections::{connect, rest_of};
use super::support::client::Client;

fn is_reached(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[test]
fn several_serve_at_once_with_a_port_and_identities_each() {
    let emulators: Vec<_> = (0..3).map(|_| Emulator::start(Config::in_memory()).unwrap()).collect();
    let users: Vec<String> = emulators.iter().map(|emulator| Client::new(emulator.port()).create()).collect();
    let answer = Client::new(emulators[0].port()).issue(&users[1]);
    assert_eq!(answer.code(), "IdentityNotOwned", "{answer:?}");
    assert_eq!(Client::new(emulators[1].port()).issue(&users[1]).status, 200);
}

#[test]
fn the_connection_string_names_the_endpoint_on_its_port() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    assert_eq!(emulator.endpoint(), format!("https://localhost:{}", emulator.port()));
    let parsed: ConnectionString = emulator.connection_string().parse().unwrap();
    assert_eq!(parsed.https_endpoint().trim_end_matches('/'), emulator.endpoint());
}

#[test]
fn clients_are_told_the_public_url() {
    let config = Config { public_url: Some("https://acs.example/".into()), ..Config::in_memory() };
    let emulator = Emulator::start(config).unwrap();
    assert_eq!(emulator.public_endpoint(), "https://acs.example");
    assert!(emulator.public_connection_string().starts_with("endpoint=https://acs.example/;"));
}

#[test]
fn both_loopback_addresses_are_served() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    assert!(is_reached(emulator.port()));
    // A machine without IPv6 does not have ::1.
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        assert!(TcpStream::connect((Ipv6Addr::LOCALHOST, emulator.port())).is_ok());
    }
}

#[test]
fn one_address_is_served_where_the_configuration_names_one() {
    let place = Place::address(Ipv4Addr::new(127, 0, 0, 2).into());
    let emulator = Emulator::start(Config::in_memory().on(place)).unwrap();
    assert_eq!(emulator.endpoint(), format!("https://127.0.0.2:{}", emulator.port()));
    assert!(TcpStream::connect(("127.0.0.2", emulator.port())).is_ok());
    assert!(!is_reached(emulator.port()));
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let first = Emulator::start(Config::in_memory()).unwrap();
    let Err(Error::Listen(address, _)) = Emulator::start(Config { port: first.port(), ..Config::in_memory() }) else {
        panic!("it started")
    };
    assert_eq!(address.port(), first.port());
}

#[test]
fn nothing_is_served_after_close() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let port = emulator.port();
    emulator.close();
    assert!(!is_reached(port));
}

#[test]
fn nothing_is_served_after_a_drop_even_with_half_a_request() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let mut stream = connect(emulator.port());
    stream.write_all(b"POST /identities HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{").unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let started = Instant::now();
    let port = emulator.port();
    drop(emulator);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert!(!is_reached(port));
    assert_eq!(rest_of(stream), "");
}

#[tokio::test]
async fn an_emulator_is_started_and_closed_from_async_code() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let port = emulator.port();
    let mut stream = connect(port);
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    emulator.close();
    assert!(!is_reached(port));
}

#[test]
fn an_emulator_serves_on_the_runtime_of_the_caller() {
    runtime().unwrap().block_on(async {
        let emulator = Emulator::open(Config::in_memory()).unwrap().serve().await.unwrap();
        let port = emulator.port();
        let created = tokio::task::spawn_blocking(move || Client::new(port).create()).await.unwrap();
        assert!(created.starts_with("8:acs:"));
        emulator.close().await;
        assert!(!is_reached(port));
    });
}

#[test]
fn a_handle_shows_no_secret() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let shown = format!("{emulator:?}");
    let (_, key) = emulator.connection_string().split_once("accesskey=").unwrap();
    assert!(shown.contains(emulator.endpoint()) && !shown.contains(key), "{shown}");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_folder_is_free_again_after_a_drop() {
    let folder = super::support::folder::Folder::new();
    let first = Emulator::start(Config::in_folder(folder.path())).unwrap();
    let user = Client::new(first.port()).create();
    drop(first);
    let second = Emulator::start(Config::in_folder(folder.path())).unwrap();
    assert_eq!(Client::new(second.port()).issue(&user).status, 200);
}

#[cfg(feature = "sqlite")]
#[test]
fn a_folder_is_free_again_after_a_start_that_failed() {
    let folder = super::support::folder::Folder::new();
    let other = Emulator::start(Config::in_memory()).unwrap();
    let config = Config::in_folder(folder.path());
    assert!(matches!(Emulator::start(Config { port: other.port(), ..config.clone() }), Err(Error::Listen(..))));
    assert!(Emulator::start(config).is_ok());
}
