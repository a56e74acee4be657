//! Tests that keys and tokens are never shown, even if a server repeats them or a user gives them in the wrong
//! argument.

use std::process::Command;

use crate::run;
use crate::support::odd::{Odd, json_answer};
use crate::support::{Folder, az};

/// The key of the tests' connection string.
const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
/// An opaque token, which looks like a usual word.
const TOKEN: &str = "opaque-token-of-somebody";

/// Returns the output of a command on all streams and in its log file.
fn said(server: &Odd, words: &[&str]) -> String {
    let home = Folder::new();
    home.write(".azure/config", "[logging]\nenable_log_file = yes\n");
    let mut command = server.az(&home);
    command.args(["communication", "user-identity"]).args(words).env("AZURE_CONFIG_DIR", home.path().join(".azure"));
    let (code, stdout, stderr) = run(&mut command);
    assert_ne!(code, 0, "{stdout}{stderr}");
    let log = std::fs::read_to_string(home.path().join(".azure/logs/az.log")).unwrap();
    assert!(log.contains("ERROR"), "{log}");
    format!("{stdout}{stderr}{log}")
}

#[test]
fn a_key_or_token_that_the_service_repeats_is_not_shown() {
    for secret in [KEY, TOKEN] {
        let body = format!(r#"{{"error":{{"code":"Denied","message":"wrong: {secret}"}}}}"#);
        let server = Odd::answering(json_answer("401 Unauthorized", &body));
        let words = match secret {
            KEY => vec!["user", "create"],
            token => vec!["token", "get-for-teams-user", "--aad-token", token, "--client", "c", "--aad-user", "u"],
        };
        for more in [&[][..], &["--debug"]] {
            let said = said(&server, &[&words[..], more].concat());
            assert!(said.contains("wrong: *****") && !said.contains(secret), "{said}");
        }
    }
}

#[test]
fn a_connection_string_in_another_argument_shows_no_key() {
    let other = "c29tZSBvdGhlciBhY2Nlc3Mga2V5IG9mIG90aGVycw==";
    let encoded = "c29tZSBvdGhlciBhY2Nlc3Mga2V5IG9mIG90aGVycw%3D%3D";
    let string = format!("endpoint=https://x.example/;accesskey={other}");
    let server =
        Odd::answering(json_answer("400 Bad Request", r#"{"error":{"code":"ValidationError","message":"no"}}"#));
    for words in [
        vec!["user", "delete", "--yes", "--debug", "--user", &string],
        vec!["token", "issue", "--debug", "--scope", "chat", "--user", &string],
        vec!["token", "issue", "--scope", &string],
    ] {
        let said = said(&server, &words);
        assert!(!said.contains(other) && !said.contains(encoded) && !said.contains(&other[..20]), "{said}");
    }
}

/// Returns the program without a network: names are not looked up, and the proxy does not exist.
fn az_alone(home: &Folder) -> Command {
    let mut command = az(home);
    command.env("HTTPS_PROXY", "http://127.0.0.1:9");
    command
}

#[test]
fn an_endpoint_that_is_wrong_shows_no_key() {
    let home = Folder::new();
    for text in [
        format!("endpoint={KEY};accesskey=https://x.example/"),
        format!("endpoint=https://x.example:{KEY}/;accesskey={KEY}"),
        format!("https://x.example:{KEY}/"),
        format!("endpoint=https://{KEY}/;accesskey={KEY}"),
        format!("endpoint=https://localhost:1/{KEY};accesskey={KEY}"),
    ] {
        for (argument, variable, expected) in [
            ("--endpoint", "AZURE_COMMUNICATION_ENDPOINT", 2),
            ("--connection-string", "AZURE_COMMUNICATION_CONNECTION_STRING", 1),
        ] {
            let create = ["communication", "user-identity", "user", "create", "--debug"];
            let (code, stdout, given) = run(az_alone(&home).args(create).args([argument, &text]));
            assert_eq!((code, stdout.as_str()), (expected, ""), "{given}");
            let (code, _, set) = run(az_alone(&home).args(create).env(variable, &text));
            assert_eq!(code, expected, "{set}");
            assert!(!given.contains(&KEY[..10]) && !set.contains(&KEY[..10]), "{given}{set}");
        }
    }
}
