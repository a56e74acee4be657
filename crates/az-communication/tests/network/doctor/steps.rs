//! Tests of the earlier steps: TLS and trust, other servers at a port, the clock.

use super::*;
use crate::support::emulator::Emulator;
use insta::assert_snapshot;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

const ENDED: &str = include_str!("ended.pem");
const NOT_BEGUN: &str = include_str!("not-begun.pem");

/// Returns the finding of the step `tls` with this bundle, for an emulator with a data folder.
fn trusted_by(bundle: impl FnOnce(&Folder, &Emulator) -> Option<String>) -> String {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let mut command = emulator.az(&home);
    command.args(["communication", "doctor", "--query", "[?check=='tls'].found", "-o", "tsv"]);
    match bundle(&home, &emulator) {
        Some(path) => command.env("REQUESTS_CA_BUNDLE", path),
        None => command.env_remove("REQUESTS_CA_BUNDLE"),
    };
    run(&mut command).hiding_home(&home).stdout
}

/// Other clients do not trust this authority, even if the variable names another bundle.
#[test]
fn an_authority_that_only_this_program_trusts_is_named() {
    let without = trusted_by(|_, _| None);
    assert_snapshot!(without, @"the certificate is trusted by the emulator's authority in HOME/.azure/communication-emulator/ca.pem, which only this az trusts; other clients need its bundle.pem");
    let with_another = trusted_by(|home, _| Some(home.write("another.pem", CERTIFICATE).to_str().unwrap().to_owned()));
    assert_eq!(with_another, without);
}

#[test]
fn an_authority_of_the_variable_is_named_with_it() {
    assert_snapshot!(trusted_by(|_, emulator| Some(emulator.ca_certificate())), @"the certificate is trusted by HOME/.azure/communication-emulator/ca.pem, named by REQUESTS_CA_BUNDLE");
}

#[test]
fn a_good_check_is_not_a_warning_in_the_log_of_the_emulator() {
    let home = Folder::new();
    let mut emulator = Emulator::in_memory(&home);
    assert_eq!(run(emulator.az(&home).args(["communication", "doctor"])).code, Some(0));
    emulator.child.kill().unwrap();
    let mut log = String::new();
    emulator.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(!log.contains("WARN"), "{log}");
}

/// Runs the doctor against a service with this date.
fn with_date(date: &str) -> Seen {
    let server = Server::start(vec![json!({"status": 204, "headers": {"Date": date}})]);
    report(&mut doctor(&Folder::new(), server.port))
}

#[test]
fn a_clock_that_is_years_ahead_or_behind_is_named() {
    let seen = with_date("Mon, 01 Jan 2001 00:00:00 GMT").stdout;
    assert!(seen.contains("tls ok\nclock failed\nthis machine is 2"), "{seen}");
    assert!(seen.contains(" years ahead of the service, which allows 300 s."), "{seen}");
    let seen = with_date("Sat, 01 Jan 2101 00:00:00 GMT").stdout;
    assert!(seen.contains(" years behind the service"), "{seen}");
}

#[test]
fn a_certificate_that_is_not_in_force_comes_with_the_time_of_the_clock() {
    for (certificate, reason) in [(ENDED, "it expired on 2002"), (NOT_BEGUN, "it is not valid before")] {
        let home = Folder::new();
        let server = Server::showing(certificate, vec![]);
        let mut command = doctor(&home, server.port);
        let seen = report(command.env("REQUESTS_CA_BUNDLE", home.write("odd.pem", certificate))).stdout;
        assert!(seen.contains("tls failed\n") && seen.contains(reason), "{seen}");
        assert!(seen.contains(" This machine's clock says 20"), "{seen}");
        assert!(seen.contains("\nIf the clock is wrong: timedatectl set-ntp true. If it is right, "), "{seen}");
    }
}

/// Starts a server without TLS that sends this text immediately or as a response. If the text is empty, the server
/// resets the connection.
fn plain_server(greets: bool, says: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // The steps tcp and tls use one connection each, and one more finds out which server answers. The thread ends with
    // the process.
    thread::spawn(move || {
        for stream in listener.incoming().take(8) {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut buffer = [0; 1024];
                if greets {
                    let _ = stream.write_all(says.as_bytes());
                }
                let _ = std::io::Read::read(&mut stream, &mut buffer);
                if !greets {
                    let _ = stream.write_all(says.as_bytes());
                }
            });
        }
    });
    port
}

/// Runs the doctor against such a server.
fn of_plain_server(greets: bool, says: &'static str) -> Seen {
    let port = plain_server(greets, says);
    report(&mut doctor(&Folder::new(), port)).hiding(port, "PORT")
}

#[test]
fn a_server_without_tls_is_named_by_its_protocol() {
    assert_snapshot!(of_plain_server(false, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), @"
    exit 1
    --- stdout
    connection ok
    dns ok
    tcp ok
    tls failed
    localhost:PORT does not speak TLS: HTTP without TLS answers there ('HTTP/1.1 400 Bad Request').
    Correct the port of the endpoint: the service uses https.
    ");
    assert_snapshot!(of_plain_server(true, "SSH-2.0-OpenSSH_9.2\r\n"), @"
    exit 1
    --- stdout
    connection ok
    dns ok
    tcp ok
    tls failed
    localhost:PORT does not speak TLS: SSH answers there ('SSH-2.0-OpenSSH_9.2').
    Correct the port of the endpoint: the service uses https.
    ");
    assert_snapshot!(of_plain_server(true, "220 mail.example ESMTP\r\n"), @"
    exit 1
    --- stdout
    connection ok
    dns ok
    tcp ok
    tls failed
    localhost:PORT does not speak TLS: SMTP answers there ('220 mail.example ESMTP').
    Correct the port of the endpoint: the service uses https.
    ");
}

#[test]
fn a_connection_that_ends_in_the_handshake_has_sent_no_request() {
    let seen = of_plain_server(false, "").stdout;
    assert!(seen.contains("tls failed\nlocalhost:") && seen.contains("before the request was sent"), "{seen}");
    assert!(!seen.contains("may have") && !seen.contains("unknown"), "{seen}");
}
