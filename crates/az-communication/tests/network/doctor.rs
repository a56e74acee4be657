//! The doctor: what is found at each step of a request, and how it is shown.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;

use crate::support::emulator::Emulator;
use crate::support::replay::Server;
use crate::support::terminal::{Collector, open};
use crate::support::tls::CERTIFICATE;
use crate::support::{Folder, az};
use insta::assert_snapshot;
use serde_json::{Value, json};

const ENDED: &str = include_str!("../doctor/ended.pem");
const NOT_BEGUN: &str = include_str!("../doctor/not-begun.pem");

/// Stdout.
fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The steps that are not skipped, what is found, the advice, and the exit code.
fn report(command: &mut Command) -> String {
    let output = command.args(["communication", "doctor"]).stdin(Stdio::null()).output().unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let mut text = String::new();
    for row in rows.iter().filter(|row| row["state"] != "skipped") {
        let part = |name: &str| row[name].as_str().unwrap().to_owned();
        match part("state").as_str() {
            "ok" => text.push_str(&format!("{} ok, ", part("check"))),
            state => text.push_str(&format!("{} {state}\n{}\n{}\n", part("check"), part("found"), part("advice"))),
        }
    }
    format!("{text}exit {}\n", output.status.code().unwrap_or(-1))
}

/// The doctor with a key, against that port.
fn doctor(home: &Folder, port: u16) -> Command {
    let mut command = az(home);
    let connection = format!("endpoint=https://localhost:{port}/;accesskey=d3Jvbmcga2V5");
    command
        .env("REQUESTS_CA_BUNDLE", home.write("cert.pem", CERTIFICATE))
        .env("AZURE_COMMUNICATION_CONNECTION_STRING", connection);
    command
}

/// Other clients do not trust the authority of the data folder, whatever the variable names.
#[test]
fn an_authority_that_only_this_az_trusts_is_named() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let found = |bundle: Option<&str>| {
        let mut command = emulator.az(&home);
        command.args(["communication", "doctor", "--query", "[?check=='tls'].found", "-o", "tsv"]);
        match bundle {
            Some(path) => command.env("REQUESTS_CA_BUNDLE", path),
            None => command.env_remove("REQUESTS_CA_BUNDLE"),
        };
        run(&mut command).replace(home.path().to_str().unwrap(), "HOME")
    };
    let another = home.write("another.pem", CERTIFICATE);
    let own = found(None);
    assert_snapshot!(own, @"the certificate is trusted by the emulator's authority in HOME/.azure/communication-emulator/ca.pem, which only this az trusts; other clients need its bundle.pem");
    assert_eq!(found(another.to_str()), own);
    assert_snapshot!(found(Some(&emulator.ca_certificate())), @"the certificate is trusted by HOME/.azure/communication-emulator/ca.pem, named by REQUESTS_CA_BUNDLE");
}

/// What the doctor says of a service that answers so.
fn of_answer(status: u16, content_type: &str, body: Value) -> String {
    let home = Folder::new();
    let answer = json!({"status": status, "headers": {"Content-Type": content_type}, "body": body});
    let server = Server::start(vec![answer]);
    report(&mut doctor(&home, server.port))
}

fn of_error(status: u16, code: &str, message: &str) -> String {
    of_answer(status, "application/json", json!({"error": {"code": code, "message": message}}))
}

#[test]
fn a_credential_is_accepted_only_where_the_service_proves_it() {
    for (status, code) in [(401, "IdentityNotOwned"), (404, "IdentityNotFound")] {
        assert_eq!(
            of_error(status, code, "m"),
            "connection ok, dns ok, tcp ok, tls ok, clock ok, signature ok, exit 0\n",
            "{status} {code}"
        );
    }
    assert!(of_answer(204, "", Value::Null).ends_with("signature ok, exit 0\n"));
    for (status, code) in [
        (400, "IdentityNotOwned"),
        (500, "IdentityNotOwned"),
        (401, "IdentityNotFound"),
        (404, "NotFound"),
        (403, "Denied"),
        (200, "IdentityNotOwned"),
    ] {
        let seen = of_error(status, code, "m");
        assert!(seen.contains("signature failed\n") && seen.ends_with("exit 1\n"), "{status} {code}: {seen}");
    }
    for (status, body) in [(200, json!({})), (201, json!("")), (302, json!("")), (404, json!("")), (418, json!("x"))] {
        let seen = of_answer(status, "text/plain", body);
        assert!(seen.contains(&format!("signature failed\n{status} ")), "{status}: {seen}");
    }
}

#[test]
fn each_refusal_is_named_as_what_it_is() {
    let signature = |seen: String| seen.split_once("signature ").unwrap().1.to_owned();
    assert_snapshot!(signature(of_error(403, "Forbidden", "Blocked by a network rule.")), @r"
    failed
    403 Forbidden (Forbidden): Blocked by a network rule.
    The caller is known and may not do this. Look at the resource's network rules, and at whether it allows access keys.
    exit 1
    ");
    assert_snapshot!(signature(of_error(403, "AuthorizationFailed", "No permission.\nMore.")), @r"
    failed
    403 Forbidden (AuthorizationFailed): No permission.
    The caller is known and may not do this. Look at the resource's network rules, and at whether it allows access keys.
    exit 1
    ");
    assert_snapshot!(signature(of_error(401, "Unauthorized", "Who are you?")), @r"
    failed
    401 Unauthorized (Unauthorized): Who are you?
    The error code is not one of the service: a gateway may have refused the request. If it was the service, the credential is not, or no longer, valid for this resource.
    exit 1
    ");
    assert_snapshot!(signature(of_error(400, "UnsupportedApiVersion", "No such version.")), @r"
    failed
    400 Bad Request (UnsupportedApiVersion): No such version.
    The service does not have the api-version of this az, so that it did not look at the credential. Is there a newer az?
    exit 1
    ");
    assert_snapshot!(signature(of_error(429, "TooManyRequests", "Slow down.")), @r"
    failed
    429 Too Many Requests (TooManyRequests): Slow down.
    Over the rate limit. Wait half a minute before the next try. The answer does not show whether the service accepts the credential. Run the doctor again later.
    exit 1
    ");
    assert_snapshot!(signature(of_answer(503, "text/plain", json!("x"))), @r"
    failed
    503 Service Unavailable
    The answer does not show whether the service accepts the credential. Run the doctor again later.
    exit 1
    ");
    assert_snapshot!(signature(of_answer(401, "text/plain", json!(""))), @r"
    failed
    401 Unauthorized
    The answer lacks the service's error code: a gateway or a proxy may have refused the request.
    exit 1
    ");
    for status in [200, 403, 404, 502] {
        let page = json!("<html><head><title>Hotel\nsign-in</title></head></html>");
        let seen = signature(of_answer(status, "text/html", page));
        let expected = "A web page ('Hotel sign-in') answered, not the service. ";
        assert!(seen.starts_with(&format!("failed\n{status} ")) && seen.contains(expected), "{status}: {seen}");
    }
}

#[test]
fn a_good_check_leaves_nothing_in_the_log_of_the_emulator() {
    let home = Folder::new();
    let mut emulator = Emulator::in_memory(&home);
    let output = emulator.az(&home).args(["communication", "doctor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    emulator.child.kill().unwrap();
    let mut log = String::new();
    emulator.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(!log.contains("WARN"), "{log}");
}

#[test]
fn a_refused_login_fails_with_its_reason() {
    let home = Folder::new();
    let refused = json!({"status": 401, "headers": {"Content-Type": "application/json"},
        "body": {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}});
    let server = Server::start(vec![refused]);
    let mut command = doctor(&home, server.port);
    command
        .env("AZURE_COMMUNICATION_AUTH_MODE", "login")
        .env("AZURE_AUTHORITY_HOST", format!("https://localhost:{}", server.port))
        .env("AZURE_TENANT_ID", "t")
        .env("AZURE_CLIENT_ID", "app")
        .env("AZURE_CLIENT_SECRET", "wrong");
    let seen = report(&mut command);
    let expected = "login failed\nNo credential gave an Entra token. environment: AADSTS7000215: Invalid client secret";
    assert!(seen.contains(expected) && seen.ends_with("exit 1\n"), "{seen}");
}

#[test]
fn a_clock_that_is_years_off_is_named() {
    let with_date = |date: &str| {
        let home = Folder::new();
        let answer = json!({"status": 204, "headers": {"Date": date}});
        let server = Server::start(vec![answer]);
        report(&mut doctor(&home, server.port))
    };
    let seen = with_date("Mon, 01 Jan 2001 00:00:00 GMT");
    let expected = "tls ok, clock failed\nthis machine is 2";
    assert!(seen.contains(expected) && seen.contains(" years ahead of the service, which allows 300 s."), "{seen}");
    assert!(with_date("Sat, 01 Jan 2101 00:00:00 GMT").contains(" years behind the service"));
    for (certificate, what) in [(ENDED, "it has expired"), (NOT_BEGUN, "it is not valid yet")] {
        let home = Folder::new();
        let server = Server::showing(certificate, vec![]);
        let mut command = doctor(&home, server.port);
        let seen = report(command.env("REQUESTS_CA_BUNDLE", home.write("odd.pem", certificate)));
        assert!(seen.contains("tls failed\n") && seen.contains(what), "{seen}");
        assert!(seen.contains(" This machine's clock says 20"), "{seen}");
        assert!(seen.contains("\nIf the clock is wrong: timedatectl set-ntp true. If it is right, "), "{seen}");
    }
}

/// A server without TLS that greets, or answers, with that; nothing: it resets the connection.
fn plain_server(greets: bool, says: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Three connections: the tcp step, the tls step, and a look at what is there. It ends with the process.
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

#[test]
fn a_port_without_tls_is_named_as_what_it_is() {
    for (greets, says, expected) in [
        (
            false,
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
            "HTTP without TLS answers there ('HTTP/1.1 400 Bad Request').",
        ),
        (true, "SSH-2.0-OpenSSH_9.2\r\n", "SSH answers there ('SSH-2.0-OpenSSH_9.2')."),
        (true, "220 mail.example ESMTP\r\n", "SMTP answers there ('220 mail.example ESMTP')."),
    ] {
        let home = Folder::new();
        let port = plain_server(greets, says);
        let seen = report(&mut doctor(&home, port));
        let expected = format!("tls failed\nlocalhost:{port} does not speak TLS: {expected}\nCorrect the port");
        assert!(seen.contains(&expected) && seen.ends_with("exit 1\n"), "{seen}");
    }
}

#[test]
fn a_connection_that_ends_in_the_handshake_carried_nothing_out() {
    let home = Folder::new();
    let port = plain_server(false, "");
    let seen = report(&mut doctor(&home, port));
    assert!(seen.contains("tls failed\nlocalhost:") && seen.contains("before the request was sent"), "{seen}");
    assert!(!seen.contains("may have") && !seen.contains("unknown"), "{seen}");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_table_has_its_columns_in_reading_order_and_fits_the_terminal() {
    let home = Folder::new();
    let doctor = || {
        let mut command = az(&home);
        command.args(["communication", "doctor", "-o", "table", "--connection-string", "endpoint=https://c.example"]);
        command
    };
    assert_snapshot!(run(doctor().env("COLUMNS", "72")), @r"
    Check       State    Found                      Advice
    ----------  -------  -------------------------  ------------------------
    connection  failed   The connection string has  Copy it from Settings >
                         no 'accesskey' part.       Keys of the resource in
                         Expected:                  the Azure portal. Its
                         endpoint=https://<resourc  form is
                         e>.communication.azure.co  endpoint=https://<resour
                         m/;accesskey=<base64 key>  ce>.communication.azure.
                                                    com/;accesskey=<base64
                                                    key>
    dns         skipped
    tcp         skipped
    tls         skipped
    clock       skipped
    signature   skipped
    ");
    // Where no terminal reads it, a row is one line.
    assert_eq!(run(&mut doctor()).lines().count(), 8);
    // A query decides for itself.
    let queried = run(doctor().args(["--query", "[].{state: state, check: check} | [:1]"]));
    assert_snapshot!(queried, @r"
    State    Check
    -------  ----------
    failed   connection
    ");
    let (ours, stdout) = open();
    let size = rustix::termios::Winsize { ws_row: 20, ws_col: 50, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(&ours, size).unwrap();
    let mut command = doctor();
    let mut child = command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    let stdout = Collector::new(ours);
    child.wait().unwrap();
    let shown = stdout.finish();
    assert!(shown.lines().count() > 8 && shown.lines().all(|line| line.len() <= 50), "{shown}");
}
