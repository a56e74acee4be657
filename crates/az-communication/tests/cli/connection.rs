//! Tests of connection strings: missing, mistyped, with quotes, or for a service that does not answer.

use super::*;
use crate::support::emulator::Emulator;
use crate::support::world::World;
use insta::assert_snapshot;

/// Runs `user create` with this connection string in the environment.
fn create(connection_string: &str) -> Seen {
    let home = Folder::new();
    run(line(&home, "user-identity user create").env("AZURE_COMMUNICATION_CONNECTION_STRING", connection_string))
        .hiding_home(&home)
}

#[test]
fn an_access_key_that_the_emulator_does_not_know_comes_with_a_hint() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    let connection = format!("endpoint=https://localhost:{}/;accesskey=d3Jvbmcga2V5", emulator.port());
    let mut command = emulator.az(&home);
    command.args(["communication", "user-identity", "user", "create", "--connection-string", &connection]);
    assert_snapshot!(run(&mut command), @"
    exit 1
    --- stderr
    ERROR: (Denied) Denied by the resource provider.
    Code: Denied
    Message: Denied by the resource provider.
    Hint: The emulator does not know this access key. Use the `connectionString` of its ready line, or of the file of --ready-file if the line has null. After a regeneration, use the keys that az communication emulator key list shows. The emulator's log says why it refused the request.
    ");
}

#[test]
fn a_port_on_which_no_server_listens_is_named() {
    let closed = support::unused_port();
    assert_snapshot!(create(&format!("endpoint=https://localhost:{closed}/;accesskey=AAAA")).hiding(closed, "PORT"), @"
    exit 1
    --- stderr
    ERROR: Cannot connect to localhost:PORT: Connection refused.
    Hint: Check that the service or the emulator is running, and that no firewall or proxy blocks the connection.
    ");
}

#[test]
fn a_host_that_does_not_exist_is_named() {
    assert_snapshot!(create("endpoint=https://no-such-host.invalid/;accesskey=AAAA"), @"
    exit 1
    --- stderr
    ERROR: The host 'no-such-host.invalid' cannot be found.
    Hint: Check the 'endpoint' part of the connection string, and that this machine can resolve names.
    ");
}

#[test]
fn a_missing_part_is_named() {
    assert_snapshot!(create("endpoint=https://x/"), @"
    exit 1
    --- stderr
    ERROR: The connection string has no 'accesskey' part. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    Hint: Copy it from Settings > Keys of the resource in the Azure portal. Its form is endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    assert_snapshot!(shows("user-identity user create --connection-string @/no/such/file"), @"
    exit 1
    --- stderr
    ERROR: The connection string cannot be read from the file '/no/such/file': No such file or directory.
    Hint: Give the path of the file after the @, or the connection string itself.
    ");
}

#[test]
fn quotes_around_the_variable_are_named() {
    assert_snapshot!(create(r#""endpoint=https://c.example/;accesskey=AAAA""#), @"
    exit 1
    --- stderr
    ERROR: The connection string has no 'endpoint' part. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    Hint: AZURE_COMMUNICATION_CONNECTION_STRING is in quotes, which are part of the value. Remove them.
    Hint: Copy it from Settings > Keys of the resource in the Azure portal. Its form is endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ");
}

#[test]
fn quotes_around_a_part_are_named() {
    assert_snapshot!(create("endpoint='https://c.example/x';accesskey=AAAA"), @"
    exit 1
    --- stderr
    ERROR: The 'endpoint' part of the connection string is not a URL: ''https://c.example/x''. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    Hint: The value of 'endpoint' is in quotes, which are part of the value. Remove them.
    Hint: Copy it from Settings > Keys of the resource in the Azure portal. Its form is endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ");
}

#[test]
fn a_malformed_connection_string_of_the_emulator_leads_to_the_emulator_and_not_to_the_portal() {
    for malformed in ["UseDevelopmentEmulator", "UseDevelopmentEmulator=yes", "endpoint=https://localhost:10100"] {
        let said = create(malformed).stderr;
        let hints: Vec<&str> = said.lines().filter(|line| line.starts_with("Hint: ")).collect();
        assert_eq!(
            hints,
            [
                "Hint: For the emulator of this machine, write UseDevelopmentEmulator=true, or a connection string that az \
              communication emulator key list shows."
            ],
            "{malformed}"
        );
    }
}

#[test]
fn an_endpoint_in_place_of_a_connection_string_is_named() {
    assert_snapshot!(create("https://contoso.communication.azure.com/"), @"
    exit 1
    --- stderr
    ERROR: The connection string has no 'endpoint' part. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    Hint: This is an endpoint. To use it with a login instead of a key, give it as --endpoint or AZURE_COMMUNICATION_ENDPOINT.
    Hint: Copy it from Settings > Keys of the resource in the Azure portal. Its form is endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ");
}

#[test]
fn the_scheme_http_is_named_where_the_server_cannot_be_reached_over_https() {
    let service = Service::refusing("c", "m");
    let mut command = service.az();
    command.args("communication user-identity user create".split(' ')).env_remove("REQUESTS_CA_BUNDLE");
    command.args(["--connection-string", &service.connection_string("/").replace("https:", "http:")]);
    assert_snapshot!(service.shown(&mut command), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it is self-signed.
    Hint: To trust the authority, set REQUESTS_CA_BUNDLE to a file with its certificate (PEM).
    Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.
    Hint: The connection string names http://, but requests always use https.
    ");
}

#[test]
fn the_scheme_http_is_not_named_where_the_request_arrives() {
    let service = Service::refusing("c", "m");
    let connection = service.connection_string("/").replace("https:", "http:");
    let seen = service.shows(&format!("user create --connection-string {connection}"));
    assert!(seen.stderr.starts_with("ERROR: (c) m\n") && !seen.stderr.contains("http://"), "{seen}");
}

/// Runs `user create` for the emulator of this machine, at the port of this emulator.
fn for_the_emulator(home: &Folder, other: &Emulator) -> Seen {
    let mut command = line(home, "user-identity user create --connection-string UseDevelopmentEmulator=true");
    run(command.env("AZURE_COMMUNICATION_EMULATOR_PORT", other.port().to_string())).hiding_home(home)
}

#[test]
fn an_emulator_that_was_never_started_here_is_named() {
    let home = Folder::new();
    let other = &World::shared().emulator;
    assert_snapshot!(for_the_emulator(&home, other), @"
    exit 1
    --- stderr
    ERROR: No emulator was started here yet: HOME/.azure/communication-emulator/ca.pem does not exist.
    Hint: Start one with `az communication emulator start`.
    Hint: If one runs in memory, or with another data folder: use the `connectionString` of its ready line, and set REQUESTS_CA_BUNDLE to its `caBundle`.
    ");
}

#[test]
fn an_emulator_with_another_authority_is_named() {
    let home = Folder::new();
    let other = &World::shared().emulator;
    drop(Emulator::start(&home, &[]));
    assert_snapshot!(for_the_emulator(&home, other), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: its issuer 'ACS Identity emulator CA' is known, but its key is not the key that signed the certificate.
    Hint: Another emulator may answer there, one in memory or with another data folder: use the `connectionString` of its ready line, and set REQUESTS_CA_BUNDLE to its `caBundle`.
    ");
}

#[test]
fn an_unknown_authority_is_named() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    let mut command = emulator.az(&home);
    command.args(["communication", "user-identity", "user", "create"]).env_remove("REQUESTS_CA_BUNDLE");
    assert_snapshot!(run(&mut command), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it was issued by an unknown authority.
    Hint: To trust the authority, set REQUESTS_CA_BUNDLE to a file with its certificate (PEM).
    Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.
    ");
}

/// They are the variables of Python's requests, the HTTP client of the reference. It reads curl's variable, but not
/// OpenSSL's.
#[test]
fn the_variables_for_authorities_are_those_of_requests() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    for (variable, code) in [("REQUESTS_CA_BUNDLE", 0), ("CURL_CA_BUNDLE", 0), ("SSL_CERT_FILE", 1)] {
        let mut command = emulator.az(&home);
        command.env_remove("REQUESTS_CA_BUNDLE").env(variable, emulator.ca_certificate());
        let seen = run(command.args(["communication", "user-identity", "user", "create"]));
        assert_eq!(seen.code, Some(code), "{variable}: {seen}");
    }
}
