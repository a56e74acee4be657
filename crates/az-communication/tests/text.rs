//! What people copy along with a value, and what others write on the terminal.
#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};

use insta::assert_snapshot;
use serde_json::json;
use support::replay::Server;
use support::tls::CERTIFICATE;
use support::{Folder, az};

const ISSUE: [&str; 5] = ["communication", "user-identity", "token", "issue", "--scope"];

/// Exit code and stderr without the warning that the group is a preview.
fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.stdout.is_empty(), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let lines = stderr.lines().filter(|line| !line.contains("is in preview")).map(|line| format!("{line}\n"));
    format!("{}exit {}\n", lines.collect::<String>(), output.status.code().unwrap_or(-1))
}

/// A server with one answer, and the command line against it.
struct World {
    home: Folder,
    server: Server,
}

impl World {
    fn new(answer: serde_json::Value) -> Self {
        let home = Folder::new();
        home.write("cert.pem", CERTIFICATE);
        Self { home, server: Server::start(vec![answer]) }
    }

    /// A service that refuses a value and repeats it.
    fn refusing(code: &str, message: &str) -> Self {
        Self::new(json!({
            "status": 400,
            "headers": {"Content-Type": "application/json"},
            "body": {"error": {"code": code, "message": message}},
        }))
    }

    fn az(&self) -> Command {
        let mut command = az(&self.home);
        command.env("REQUESTS_CA_BUNDLE", self.home.path().join("cert.pem")).env(
            "AZURE_COMMUNICATION_CONNECTION_STRING",
            format!("endpoint=https://localhost:{}/;accesskey=d3Jvbmcga2V5", self.server.port),
        );
        command
    }
}

#[test]
fn control_characters_of_the_service_are_escaped() {
    let world = World::refusing("Bad\u{7}", "x\u{1b}[2J\u{1b}]0;title\u{7}y\u{9b}31m\rz\u{202e}\u{200b}");
    assert_snapshot!(run(world.az().args(ISSUE).arg("chat")), @r"
    ERROR: (Bad\x07) x\x1b[2J\x1b]0;title\x07y\x9b31m\rz\u202e\u200b
    Code: Bad\x07
    Message: x\x1b[2J\x1b]0;title\x07y\x9b31m\rz\u202e\u200b
    exit 1
    ");
}

#[test]
fn text_of_the_service_in_other_languages_stays() {
    let world = World::refusing("c", "é 中文 😀\r\n\tzweite Zeile");
    assert_snapshot!(run(world.az().args(ISSUE).args(["chat", "--only-show-errors"])), @r"
    ERROR: (c) é 中文 😀
    	zweite Zeile
    Code: c
    Message: é 中文 😀
    	zweite Zeile
    exit 1
    ");
}

#[test]
fn an_invisible_character_in_a_value_is_sent_and_named() {
    let world = World::refusing("ValidationError", "Scope 'chat\r' is not supported.");
    assert_snapshot!(run(world.az().args(ISSUE).arg("chat\r")), @r"
    WARNING: 'chat\r' is not a known scope. Did you mean 'chat'?
    ERROR: (ValidationError) Scope 'chat\r' is not supported.
    Code: ValidationError
    Message: Scope 'chat\r' is not supported.
    Hint: --scope holds an invisible character at its end: U+000D, carriage return, the line end of Windows.
    exit 1
    ");
    let world = World::refusing("IdentityNotOwned", "Provided identity doesn't belong to the resource.");
    let user = "8:acs:\u{a0}x\u{200b}";
    let seen = run(world.az().args(ISSUE).args(["chat", "--user", user]));
    assert_snapshot!(seen, @r"
    ERROR: (IdentityNotOwned) Provided identity doesn't belong to the resource.
    Code: IdentityNotOwned
    Message: Provided identity doesn't belong to the resource.
    Hint: --user holds an invisible character at its end: U+200B, zero-width space.
    Hint: --user holds an invisible character: U+00A0, non-breaking space.
    Hint: '8:acs:\xa0x\u200b' is not a complete raw id: 8:acs:<resource>_<user>.
    exit 1
    ");
    let paths: Vec<String> = world.server.requests().into_iter().map(|request| request.path).collect();
    assert!(paths[0].starts_with("/identities/8%3Aacs%3A%C2%A0x%E2%80%8B/"), "{paths:?}");
}

#[test]
fn a_blank_of_another_kind_in_the_command_line_is_named() {
    let home = Folder::new();
    let seen = run(az(&home).args(["communication", "identity", "token", "issue", "--scope\u{a0}chat"]));
    let hint =
        r"Hint: The word '--scope\xa0chat' holds an invisible character: U+00A0, non-breaking space. Type it anew.";
    assert!(seen.contains(hint) && seen.ends_with("exit 2\n"), "{seen}");
}

#[test]
fn quotes_inside_the_variable_are_named() {
    let home = Folder::new();
    let with = |name: &str, value: &str| run(az(&home).env(name, value).args(ISSUE).arg("chat"));
    assert_snapshot!(with("AZURE_COMMUNICATION_CONNECTION_STRING", r#""endpoint=https://c.example/;accesskey=AAAA""#), @r#"
    ERROR: The connection string has no 'endpoint' part. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    Hint: AZURE_COMMUNICATION_CONNECTION_STRING holds the quotes around it: they are part of the value. Leave them out.
    Hint: Copy it from Settings > Keys of the resource in the Azure portal. Its form is endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    exit 1
    "#);
    assert_snapshot!(with("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint='https://c.example/x';accesskey=AAAA"), @r"
    ERROR: The 'endpoint' part of the connection string is not a URL: ''https://c.example/x''. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    Hint: The value of 'endpoint' stands in quotes: they are part of it. Leave them out.
    Hint: Copy it from Settings > Keys of the resource in the Azure portal. Its form is endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    exit 1
    ");
    assert_snapshot!(with("AZURE_COMMUNICATION_ENDPOINT", "'https://c.example'"), @r"
    ERROR: The endpoint is not an https URL: ''https://c.example''.
    Hint: AZURE_COMMUNICATION_ENDPOINT holds the quotes around it: they are part of the value. Leave them out.
    Hint: An Entra token is sent over https only: https://<resource>.communication.azure.com
    exit 2
    ");
}

#[test]
fn only_arguments_are_read_from_files() {
    let home = Folder::new();
    home.write("cs.txt", "endpoint=https://c.example/;accesskey=AAAA");
    let mut command = az(&home);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "@cs.txt").args(ISSUE).arg("chat");
    assert_snapshot!(run(&mut command), @r#"
    ERROR: AZURE_COMMUNICATION_CONNECTION_STRING is '@cs.txt', but only arguments are read from files.
    Hint: Give --connection-string @FILE, or AZURE_COMMUNICATION_CONNECTION_STRING="$(cat FILE)".
    exit 1
    "#);
    home.write(".azure/config", "[communication]\nconnection_string = @cs.txt\n");
    assert_snapshot!(run(az(&home).args(ISSUE).arg("chat")), @r"
    ERROR: [communication] connection_string of the config file is '@cs.txt', but only arguments are read from files.
    Hint: Give --connection-string @FILE, or the text itself there.
    exit 1
    ");
}

#[test]
fn an_empty_endpoint_variable_is_not_set() {
    let home = Folder::new();
    let mut command = az(&home);
    command.env("AZURE_COMMUNICATION_ENDPOINT", "").args(ISSUE).arg("chat");
    assert_snapshot!(run(&mut command), @r"
    ERROR: Please specify --connection-string, or set AZURE_COMMUNICATION_CONNECTION_STRING.
    exit 1
    ");
}

#[test]
fn an_empty_connection_string_does_not_hide_the_endpoint() {
    let home = Folder::new();
    let mut command = az(&home);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "").env("AZURE_COMMUNICATION_ENDPOINT", "https://a?b");
    let seen = run(command.args(ISSUE).arg("chat"));
    assert!(seen.starts_with("ERROR: The endpoint is not a URL: 'https://a?*****'."), "{seen}");
}

#[test]
fn the_scheme_http_of_a_connection_string_is_not_used() {
    let world = World::refusing("c", "m");
    let connection = format!("endpoint=http://localhost:{}/;accesskey=d3Jvbmcga2V5", world.server.port);
    let seen =
        run(world.az().env_remove("REQUESTS_CA_BUNDLE").args(ISSUE).args(["chat", "--connection-string", &connection]));
    let hint = "Hint: The connection string says http://, but requests always go over https: the scheme is not used.\n";
    assert!(seen.contains(hint), "{seen}");
    // Where the request arrives, nothing is said.
    let seen = run(world.az().args(ISSUE).args(["chat", "--connection-string", &connection]));
    assert!(seen.starts_with("ERROR: (c) m\n") && !seen.contains("http://"), "{seen}");
}

#[test]
fn a_web_page_instead_of_an_answer_is_named_by_its_title() {
    let page = "<!DOCTYPE html>\n<html><head><title>Sign in to the\n hotel</title></head><body>x</body></html>";
    let with = |status: u16, content_type: &str, words: &[&str]| {
        let answer = json!({"status": status, "headers": {"Content-Type": content_type}, "body": page});
        run(World::new(answer).az().args(words))
    };
    let revoke = ["communication", "user-identity", "token", "revoke", "--user", "8:acs:a_b", "--yes"];
    assert_snapshot!(with(403, "text/html", &revoke), @r"
    ERROR: Operation returned an invalid status 'Forbidden'
    Hint: A web page ('Sign in to the hotel') answered, not the service. The sign-in page of a network, a gateway or a proxy may stand in between, or the endpoint is not that of a Communication Services resource.
    exit 1
    ");
    assert_snapshot!(with(200, "text/html", &revoke), @r"
    ERROR: Operation returned an invalid status 'OK'
    Hint: A web page ('Sign in to the hotel') answered, not the service. The sign-in page of a network, a gateway or a proxy may stand in between, or the endpoint is not that of a Communication Services resource.
    exit 1
    ");
    let issue = ["communication", "user-identity", "token", "issue", "--scope", "chat", "--user", "8:acs:a_b"];
    for (status, content_type) in [(200, "text/html"), (200, "application/json"), (403, "application/json")] {
        let seen = with(status, content_type, &issue);
        let hint = "Hint: A web page ('Sign in to the hotel') answered, not the service.";
        assert!(seen.contains(hint) && seen.ends_with("exit 1\n"), "{status} {content_type}: {seen}");
    }
}

#[test]
fn help_says_which_arguments_are_needed_when() {
    let home = Folder::new();
    let arguments = |verb: &str| {
        let output = az(&home).args(["communication", "user-identity", "token", verb, "-h"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let begin = text.find("Arguments\n").unwrap();
        text[begin..text.find("\nCommunication Arguments").unwrap()].to_owned()
    };
    assert_snapshot!(arguments("get-for-teams-user"), @r"
    Arguments
        --aad-token [Required] : Azure AD access token of a Teams User.
                                 Not required with --device-code.
        --aad-user  [Required] : Object ID of an Azure AD user(Teams User) to be verified against the
                                 OID claim in the Azure AD access token.
                                 Not required with --device-code.
        --client    [Required] : Client ID of an Azure AD applicationto be verified against the appId
                                 claim in the Azure AD access token.
        --device-code          : Sign the Teams user in here instead of giving --aad-token; --aad-user
                                 is then the one who signs in.
        --tenant               : Tenant in which the Teams user signs in. Required with --device-code.
    ");
    let seen = arguments("issue-batch");
    assert_eq!(seen.matches("One of --count, --names-from and --users-from is required.\n").count(), 3, "{seen}");
}

/// `user create` with these words, and what the doctor, `--debug` and the log file say.
fn refused(home: &Folder, option: &str, value: &str) -> String {
    let create = ["communication", "user-identity", "user", "create", option, value];
    let logs = home.path().join("logs");
    let all = |words: &[&str]| {
        let mut command = az(home);
        command.args(words).env("AZURE_LOGGING_ENABLE_LOG_FILE", "yes").env("AZURE_LOGGING_LOG_DIR", &logs);
        let output = command.stdin(Stdio::null()).output().unwrap();
        format!("{}{}", String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let mut seen = all(&[&create[..], &["--debug"]].concat());
    let doctor = all(&["communication", "doctor", "--output", "json", option, value]);
    let rows: serde_json::Value = serde_json::from_str(&doctor[doctor.find('[').unwrap()..=doctor.rfind(']').unwrap()])
        .unwrap_or_else(|error| panic!("{error}: {doctor}"));
    assert_eq!((&rows[0]["check"], &rows[0]["state"]), (&json!("connection"), &json!("failed")), "{value}: {doctor}");
    assert_eq!(rows[1]["state"], "skipped", "{value}: {doctor}");
    seen.push_str(&doctor);
    let files: Vec<_> = std::fs::read_dir(&logs).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        seen.push_str(&std::fs::read_to_string(file).unwrap());
    }
    assert!(!seen.contains("SECRET"), "{option} {value}: {seen}");
    let text = run(az(home).args(create));
    let end = if option == "--endpoint" { "exit 2\n" } else { "exit 1\n" };
    assert!(!text.contains("SECRET") && text.ends_with(end) && text.contains("Hint: "), "{text}");
    text.lines().next().unwrap().replace(&format!(" Expected: {FORM}"), "") + "\n"
}

const FORM: &str = "endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>";

#[test]
fn a_secret_in_an_endpoint_is_named_and_not_shown() {
    let home = Folder::new();
    let mut all = String::new();
    for endpoint in [
        "https://u:SECRET@localhost:10155/",
        "https://localhost:10155/?sig=SECRET",
        "https://localhost:10155/#SECRET",
        "https://localhost:10155/ accesskey=SECRET",
        "https://localhost:10155/,AccessKey=SECRET",
        "https://u:SEC/SECRET@localhost:10155/",
    ] {
        all.push_str(&refused(&home, "--connection-string", &format!("endpoint={endpoint};accesskey=YQ==")));
        all.push_str(&refused(&home, "--endpoint", endpoint));
    }
    all.push_str(&refused(&home, "--endpoint", "http://u:SECRET@localhost"));
    all.push_str(&refused(&home, "--endpoint", "endpoint=https://localhost/;accesskey=SECRET"));
    all.push_str(&refused(&home, "--connection-string", "@endpoint=https://localhost/;accesskey=SECRET"));
    assert_snapshot!(all, @r"
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://*****@localhost:10155'. It holds a user name or a password (before the @).
    ERROR: The endpoint is not a URL: 'https://*****@localhost:10155/'. It holds a user name or a password (before the @).
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://localhost:10155/?*****'. It holds a query (from the ? on).
    ERROR: The endpoint is not a URL: 'https://localhost:10155/?*****'. It holds a query (from the ? on).
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://localhost:10155/#*****'. It holds a fragment (from the # on).
    ERROR: The endpoint is not a URL: 'https://localhost:10155/#*****'. It holds a fragment (from the # on).
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://localhost:10155/ accesskey=*****'. It holds an access key: a ';' is missing before 'accesskey='.
    ERROR: The endpoint is not a URL: 'https://localhost:10155/ accesskey=*****'. It holds an access key.
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://localhost:10155/,AccessKey=*****'. It holds an access key: a ';' is missing before 'accesskey='.
    ERROR: The endpoint is not a URL: 'https://localhost:10155/,AccessKey=*****'. It holds an access key.
    ERROR: The 'endpoint' part of the connection string is not a URL: 'https://*****@localhost:10155'. It holds a user name or a password (before the @).
    ERROR: The endpoint is not a URL: 'https://*****@localhost:10155/'. It holds a user name or a password (before the @).
    ERROR: The endpoint is not an https URL: 'http://*****@localhost'.
    ERROR: The endpoint is not a URL: 'endpoint=https://localhost/;accesskey=*****'. It holds an access key.
    ERROR: The connection string was to be read from the file 'endpoint=https://localhost/;accesskey=*****', which cannot be read: No such file or directory.
    ");
}

#[test]
fn what_is_wrong_with_an_endpoint_is_named() {
    let home = Folder::new();
    let mut all = String::new();
    for endpoint in [
        "https://localhost:99999/",
        "https://[::1",
        "https://::1",
        "https://[::1%lo]:10155/",
        "https://[localhost]",
        "https://xn--:10155/",
        "https://999.0.0.1",
        "https://",
        "https://a b",
    ] {
        let part = refused(&home, "--connection-string", &format!("endpoint={endpoint};accesskey=YQ=="));
        let option = refused(&home, "--endpoint", endpoint);
        let reason = |text: &str| text.split_once("'. ").unwrap().1.to_owned();
        assert_eq!(reason(&part), reason(&option));
        all.push_str(&option);
    }
    assert_snapshot!(all, @r"
    ERROR: The endpoint is not a URL: 'https://localhost:99999/'. Its port is not a number from 0 to 65535.
    ERROR: The endpoint is not a URL: 'https://[::1'. An IPv6 address stands in brackets, as in https://[::1]:443.
    ERROR: The endpoint is not a URL: 'https://::1'. An IPv6 address stands in brackets, as in https://[::1]:443.
    ERROR: The endpoint is not a URL: 'https://[::1%lo]:10155/'. Its IPv6 address has a zone (from the % on), which a URL cannot have.
    ERROR: The endpoint is not a URL: 'https://[localhost]'. What stands in its brackets is not an IPv6 address.
    ERROR: The endpoint is not a URL: 'https://xn--:10155/'. Its host is neither a valid name nor an address.
    ERROR: The endpoint is not a URL: 'https://999.0.0.1'. Its host is neither a valid name nor an address.
    ERROR: The endpoint is not a URL: 'https://'. It has no host.
    ERROR: The endpoint is not a URL: 'https://a b'. It holds a blank.
    ");
}

#[test]
fn a_wrong_endpoint_is_named_with_where_it_was_written() {
    let home = Folder::new();
    let mut given = az(&home);
    given.args(ISSUE).args(["chat", "--endpoint", "https://h:x"]);
    assert_snapshot!(run(&mut given), @r"
    ERROR: The endpoint is not a URL: 'https://h:x'. Its port is not a number from 0 to 65535.
    Hint: The form of --endpoint is https://<resource>.communication.azure.com
    exit 2
    ");
    let mut variable = az(&home);
    variable.env("AZURE_COMMUNICATION_ENDPOINT", "https://h:x").args(ISSUE).arg("chat");
    assert_snapshot!(run(&mut variable), @r"
    ERROR: The endpoint is not a URL: 'https://h:x'. Its port is not a number from 0 to 65535.
    Hint: The form of AZURE_COMMUNICATION_ENDPOINT is https://<resource>.communication.azure.com
    exit 2
    ");
    variable
        .args(["--auth-mode", "login"])
        .env("IDENTITY_ENDPOINT", "http://u:SECRET@h:x/")
        .env("IDENTITY_HEADER", "y");
    variable.env("AZURE_COMMUNICATION_ENDPOINT", "https://localhost:1").env("PATH", "");
    let seen = run(&mut variable);
    assert!(seen.contains("IDENTITY_ENDPOINT is not a URL: 'http://*****@h:x/'") && !seen.contains("SECRET"), "{seen}");
}
