//! Tests of `doctor`: its checks and its advice.

use super::*;
use insta::assert_snapshot;

/// Runs the doctor. Returns the rows of the checks as lines, with the advice of the check that failed.
fn doctor(change: impl FnOnce(&mut Command, &World)) -> Seen {
    let world = World::shared();
    let mut command = world.emulator.az(&world.home);
    command.args(["communication", "doctor"]);
    change(&mut command, world);
    let seen = world.shown(&mut command);
    let mut lines = String::new();
    for row in seen.json().as_array().unwrap() {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        lines.push_str(&format!("{} {}\n", text("check"), text("state")));
        if text("state") == "failed" {
            lines.push_str(&format!("    found: {}\n    advice: {}\n", text("found"), text("advice")));
        }
    }
    Seen { stdout: lines, ..seen }
}

fn with_connection_string(text: &str) -> Seen {
    doctor(|command, _| {
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", text).env("NO_PROXY", "*");
    })
}

#[test]
fn everything_is_in_order_with_a_running_emulator() {
    assert_snapshot!(doctor(|_, _| ()), @"
    exit 0
    --- stdout
    connection ok
    dns ok
    tcp ok
    tls ok
    clock ok
    signature ok
    ");
}

#[test]
fn a_wrong_access_key_is_found() {
    assert_snapshot!(
        doctor(|command, world| {
            let wrong = world.emulator.connection_string().replace("V2Vs", "AAAA");
            command.env("AZURE_COMMUNICATION_CONNECTION_STRING", wrong);
        }),
        @"
    exit 1
    --- stdout
    connection ok
    dns ok
    tcp ok
    tls ok
    clock ok
    signature failed
        found: 401 Unauthorized (Denied): Denied by the resource provider.
        advice: The emulator does not know this access key. Use the `connectionString` of its ready line, or of the file of --ready-file if the line has null. After a regeneration, use the keys that az communication emulator key list shows. The emulator's log says why it refused the request.
    "
    );
}

#[test]
fn an_unknown_authority_is_found() {
    let seen = doctor(|command, _| {
        command.env_remove("REQUESTS_CA_BUNDLE");
    });
    assert_snapshot!(seen, @"
    exit 1
    --- stdout
    connection ok
    dns ok
    tcp ok
    tls failed
        found: The certificate of localhost cannot be trusted: it was issued by an unknown authority.
        advice: To trust the authority, set REQUESTS_CA_BUNDLE to a file with its certificate (PEM). Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.
    clock skipped
    signature skipped
    ");
}

#[test]
fn a_port_on_which_no_server_listens_is_found() {
    assert_snapshot!(with_connection_string("endpoint=https://localhost:1;accesskey=AAAA"), @"
    exit 1
    --- stdout
    connection ok
    dns ok
    tcp failed
        found: Cannot connect to localhost:1: Connection refused.
        advice: Check that the service or the emulator is running, and that no firewall or proxy blocks the connection.
    tls skipped
    clock skipped
    signature skipped
    ");
}

#[test]
fn a_host_that_does_not_exist_is_found() {
    assert_snapshot!(with_connection_string("endpoint=https://no-such-host.invalid;accesskey=AAAA"), @"
    exit 1
    --- stdout
    connection ok
    dns failed
        found: The host 'no-such-host.invalid' cannot be found.
        advice: Check the 'endpoint' part of the connection string, and that this machine can resolve names.
    tcp skipped
    tls skipped
    clock skipped
    signature skipped
    ");
}

#[test]
fn a_text_that_is_not_a_connection_string_is_found() {
    assert_snapshot!(with_connection_string("nonsense"), @"
    exit 1
    --- stdout
    connection failed
        found: The connection string has no 'endpoint' part. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
        advice: Copy it from Settings > Keys of the resource in the Azure portal. Its form is endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    dns skipped
    tcp skipped
    tls skipped
    clock skipped
    signature skipped
    ");
}
