//! Tests of endpoints that are not URLs of a service: the message names the fault and shows no secret.

use super::*;
use insta::assert_snapshot;

/// Returns the command `user create` with this value of `--endpoint` or of a connection string.
fn create(home: &Folder, option: &str, value: &str) -> Command {
    let mut command = az(home);
    command.args(["communication", "user-identity", "user", "create", option, value]);
    command
}

/// Runs `user create` with these variables.
fn with(variables: &[(&str, &str)]) -> Seen {
    let home = Folder::new();
    run(line(&home, "user-identity user create").envs(variables.iter().copied()))
}

/// Returns the first line of the error.
fn error(option: &str, value: &str) -> String {
    let seen = run(&mut create(&Folder::new(), option, value));
    let code = if option == "--endpoint" { 2 } else { 1 };
    assert!(seen.code == Some(code) && seen.stderr.contains("Hint: "), "{seen}");
    seen.stderr.lines().next().unwrap().to_owned()
}

const WRONG: [&str; 9] = [
    "https://localhost:99999/",
    "https://[::1",
    "https://::1",
    "https://[::1%lo]:10155/",
    "https://[localhost]",
    "https://xn--:10155/",
    "https://999.0.0.1",
    "https://",
    "https://a b",
];

#[test]
fn the_reason_is_named() {
    let errors = WRONG.map(|endpoint| error("--endpoint", endpoint));
    assert_snapshot!(errors.join("\n"), @"
    ERROR: The endpoint is not a URL: 'https://localhost:99999/'. Its port is not a number from 0 to 65535.
    ERROR: The endpoint is not a URL: 'https://[::1'. An IPv6 address must be in brackets, as in https://[::1]:443.
    ERROR: The endpoint is not a URL: 'https://::1'. An IPv6 address must be in brackets, as in https://[::1]:443.
    ERROR: The endpoint is not a URL: 'https://[::1%lo]:10155/'. Its IPv6 address has a zone (from the % on), which a URL cannot have.
    ERROR: The endpoint is not a URL: 'https://[localhost]'. The text in its brackets is not an IPv6 address.
    ERROR: The endpoint is not a URL: 'https://xn--:10155/'. Its host is neither a valid name nor an address.
    ERROR: The endpoint is not a URL: 'https://999.0.0.1'. Its host is neither a valid name nor an address.
    ERROR: The endpoint is not a URL: 'https://'. It has no host.
    ERROR: The endpoint is not a URL: 'https://a b'. It contains a blank.
    ");
}

#[test]
fn the_reason_is_the_same_in_a_connection_string() {
    let reason = |text: String| text.split_once("'. ").unwrap().1.to_owned();
    for endpoint in WRONG {
        let part = error("--connection-string", &format!("endpoint={endpoint};accesskey=YQ=="));
        let part =
            part.replace(" Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>", "");
        assert_eq!(reason(part), reason(error("--endpoint", endpoint)));
    }
}

#[test]
fn the_option_is_named() {
    assert_snapshot!(run(&mut create(&Folder::new(), "--endpoint", "https://h:x")), @"
    exit 2
    --- stderr
    ERROR: The endpoint is not a URL: 'https://h:x'. Its port is not a number from 0 to 65535.
    Hint: The form of --endpoint is https://<resource>.communication.azure.com
    ");
}

#[test]
fn the_variable_is_named() {
    assert_snapshot!(with(&[("AZURE_COMMUNICATION_ENDPOINT", "https://h:x")]), @"
    exit 2
    --- stderr
    ERROR: The endpoint is not a URL: 'https://h:x'. Its port is not a number from 0 to 65535.
    Hint: The form of AZURE_COMMUNICATION_ENDPOINT is https://<resource>.communication.azure.com
    ");
}

#[test]
fn quotes_around_the_variable_are_named() {
    assert_snapshot!(with(&[("AZURE_COMMUNICATION_ENDPOINT", "'https://c.example'")]), @"
    exit 2
    --- stderr
    ERROR: The endpoint is not an https URL: ''https://c.example''.
    Hint: AZURE_COMMUNICATION_ENDPOINT is in quotes, which are part of the value. Remove them.
    Hint: An Entra token is sent over https only: https://<resource>.communication.azure.com
    ");
}

#[test]
fn an_endpoint_without_tls_is_refused() {
    assert_snapshot!(run(&mut create(&Folder::new(), "--endpoint", "http://localhost:1")), @"
    exit 2
    --- stderr
    ERROR: The endpoint is not an https URL: 'http://localhost:1'.
    Hint: An Entra token is sent over https only: https://<resource>.communication.azure.com
    ");
}

#[test]
fn an_endpoint_of_another_scheme_is_refused() {
    let seen = run(&mut create(&Folder::new(), "--endpoint", "foo://x"));
    assert!(seen.code == Some(2) && seen.stderr.starts_with("ERROR: The endpoint is not "), "{seen}");
}

#[test]
fn an_empty_variable_is_not_set() {
    assert_snapshot!(with(&[("AZURE_COMMUNICATION_ENDPOINT", "")]), @"
    exit 1
    --- stderr
    ERROR: Please specify --connection-string, or set AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

#[test]
fn an_empty_connection_string_does_not_hide_the_endpoint() {
    let variables = [("AZURE_COMMUNICATION_CONNECTION_STRING", ""), ("AZURE_COMMUNICATION_ENDPOINT", "https://a?b")];
    assert_snapshot!(with(&variables), @"
    exit 2
    --- stderr
    ERROR: The endpoint is not a URL: 'https://a?*****'. It contains a query (from the ? on).
    Hint: The form of AZURE_COMMUNICATION_ENDPOINT is https://<resource>.communication.azure.com
    ");
}

#[test]
fn the_endpoint_of_a_managed_identity_is_named_without_its_password() {
    let seen = with(&[
        ("AZURE_COMMUNICATION_ENDPOINT", "https://localhost:1"),
        ("IDENTITY_ENDPOINT", "http://u:SECRET@h:x/"),
        ("IDENTITY_HEADER", "y"),
        ("PATH", ""),
    ]);
    let expected = "IDENTITY_ENDPOINT is not a URL: 'http://*****@h:x/'";
    assert!(seen.stderr.contains(expected) && !seen.stderr.contains("SECRET"), "{seen}");
}

/// Returns endpoints that contain a secret, as users may have pasted them.
fn secrets() -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for endpoint in [
        "https://u:SECRET@localhost:10155/",
        "https://localhost:10155/?sig=SECRET",
        "https://localhost:10155/#SECRET",
        "https://localhost:10155/ accesskey=SECRET",
        "https://localhost:10155/,AccessKey=SECRET",
        "https://u:SEC/SECRET@localhost:10155/",
    ] {
        all.push(("--connection-string", format!("endpoint={endpoint};accesskey=YQ==")));
        all.push(("--endpoint", endpoint.to_owned()));
    }
    all.push(("--endpoint", "http://u:SECRET@localhost".to_owned()));
    all.push(("--endpoint", "endpoint=https://localhost/;accesskey=SECRET".to_owned()));
    all.push(("--connection-string", "@endpoint=https://localhost/;accesskey=SECRET".to_owned()));
    all
}

#[test]
fn a_secret_in_an_endpoint_is_described_and_not_shown() {
    let errors: Vec<String> = secrets().iter().map(|(option, value)| error(option, value)).collect();
    assert_snapshot!(errors.join("\n"), @"
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://*****@localhost:10155'. It contains a user name or a password (before the @). Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ERROR: The endpoint is not a URL: 'https://*****@localhost:10155/'. It contains a user name or a password (before the @).
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://localhost:10155/?*****'. It contains a query (from the ? on). Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ERROR: The endpoint is not a URL: 'https://localhost:10155/?*****'. It contains a query (from the ? on).
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://localhost:10155/#*****'. It contains a fragment (from the # on). Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ERROR: The endpoint is not a URL: 'https://localhost:10155/#*****'. It contains a fragment (from the # on).
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://localhost:10155/ accesskey=*****'. It contains an access key: a ';' is missing before 'accesskey='. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ERROR: The endpoint is not a URL: 'https://localhost:10155/ accesskey=*****'. It contains an access key.
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://localhost:10155/,AccessKey=*****'. It contains an access key: a ';' is missing before 'accesskey='. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ERROR: The endpoint is not a URL: 'https://localhost:10155/,AccessKey=*****'. It contains an access key.
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://*****@localhost:10155'. It contains a user name or a password (before the @). Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    ERROR: The endpoint is not a URL: 'https://*****@localhost:10155/'. It contains a user name or a password (before the @).
    ERROR: The endpoint is not an https URL: 'http://*****@localhost'.
    ERROR: The endpoint is not a URL: 'endpoint=https://localhost/;accesskey=*****'. It contains an access key.
    ERROR: The connection string cannot be read from the file 'endpoint=https://localhost/;accesskey=*****': No such file or directory.
    ");
}

#[test]
fn a_secret_in_an_endpoint_is_not_in_the_log() {
    let home = Folder::new();
    let logs = home.path().join("logs");
    for (option, value) in secrets() {
        let mut command = create(&home, option, &value);
        command.arg("--debug").env("AZURE_LOGGING_ENABLE_LOG_FILE", "yes").env("AZURE_LOGGING_LOG_DIR", &logs);
        let seen = run(&mut command).to_string();
        let log = std::fs::read_to_string(logs.join("az.log")).unwrap();
        assert!(!seen.contains("SECRET") && !log.contains("SECRET"), "{value}: {seen}{log}");
    }
}

#[test]
fn a_secret_in_an_endpoint_is_not_shown_by_the_doctor() {
    for (option, value) in secrets() {
        let home = Folder::new();
        let mut command = az(&home);
        command.args(["communication", "doctor", "--output", "json", option, &value]);
        let seen = run(&mut command);
        assert!(!seen.to_string().contains("SECRET"), "{value}: {seen}");
        let rows = seen.json();
        assert_eq!((&rows[0]["check"], &rows[0]["state"]), (&json!("connection"), &json!("failed")), "{seen}");
        assert_eq!(rows[1]["state"], "skipped", "{seen}");
    }
}
