//! Tests of the sign-in by device code, against endpoints with unusual responses.

use std::process::Stdio;

use crate::support::replay::Server;
use crate::support::tls::CERTIFICATE;
use crate::support::{Folder, az};
use insta::assert_snapshot;
use serde_json::{Value, json};

const CODE: &str = "device-code-1";

fn answer(status: u16, body: Value) -> Value {
    json!({"status": status, "headers": {"Content-Type": "application/json"}, "body": body})
}

/// Returns the first response of Entra, with these members changed.
fn begun(changes: Value) -> Value {
    let mut body = json!({"device_code": CODE, "user_code": "ABC", "verification_uri": "https://e.example/d",
        "interval": 1, "expires_in": 900, "message": "Enter ABC."});
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    answer(200, body)
}

/// Signs in. Returns stderr without warnings, the number of requests to Entra, and the exit code. The service refuses
/// all tokens.
fn sign_in(answers: Vec<Value>, tenant: &str) -> String {
    let home = Folder::new();
    let entra = Server::start(answers);
    let refused = answer(401, json!({"error": {"code": "InvalidAccessToken", "message": "No."}}));
    let service = Server::start(vec![refused]);
    let mut command = az(&home);
    command
        .env("REQUESTS_CA_BUNDLE", home.write("cert.pem", CERTIFICATE))
        .env("AZURE_AUTHORITY_HOST", format!("localhost:{}/", entra.port))
        .args(["communication", "user-identity", "token", "get-for-teams-user", "--device-code", "--client", "app"])
        .args(["--tenant", tenant, "--connection-string"])
        .arg(format!("endpoint=https://localhost:{}/;accesskey=d3Jvbmcga2V5", service.port));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let lines = stderr.lines().filter(|line| !line.starts_with("WARNING: ") && !line.starts_with("Hint: "));
    let lines: String = lines.map(|line| format!("{line}\n")).collect();
    let requests = (entra.requests().len(), service.requests().len());
    format!("{lines}requests {requests:?}, exit {}\n", output.status.code().unwrap_or(-1))
}

#[test]
fn numbers_of_any_form_and_size_do_not_end_the_sign_in() {
    let token = answer(200, json!({"access_token": "a.b.c"}));
    let changes = [
        json!({"expires_in": u64::MAX}),
        json!({"expires_in": -1}),
        json!({"expires_in": 1e300}),
        json!({"expires_in": "900"}),
        json!({"expires_in": null, "interval": "1"}),
        json!({"interval": 1.5}),
    ];
    // Each case waits for a second.
    std::thread::scope(|scope| {
        for changes in &changes {
            let token = &token;
            scope.spawn(move || {
                let seen = sign_in(vec![begun(changes.clone()), token.clone()], "t");
                assert!(seen.starts_with("Enter ABC.\nERROR: (InvalidAccessToken) No.\n"), "{changes}: {seen}");
                assert!(seen.ends_with("requests (2, 1), exit 1\n"), "{changes}: {seen}");
            });
        }
    });
}

#[test]
fn a_short_life_ends_before_a_long_interval() {
    let seen = sign_in(
        vec![
            begun(json!({"expires_in": 1, "interval": u64::MAX})),
            answer(400, json!({"error": "authorization_pending"})),
        ],
        "t",
    );
    assert_snapshot!(seen, @r"
    Enter ABC.
    ERROR: Sign-in timed out.
    requests (2, 0), exit 1
    ");
}

#[test]
fn errors_of_the_network_do_not_end_the_sign_in() {
    let page = json!({"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html><title>x</title>"});
    let answers = vec![
        begun(json!({})),
        json!({"drop": true}),
        answer(503, json!({})),
        page,
        answer(400, json!({"error": "authorization_pending"})),
        answer(200, json!({"access_token": "a.b.c"})),
    ];
    assert!(sign_in(answers, "t").ends_with("requests (6, 1), exit 1\n"));
}

#[test]
fn a_refusal_ends_the_sign_in_and_shows_no_secret() {
    let description = format!("AADSTS70008: The code {CODE} is used.\r\nTrace ID: 1");
    let refused = answer(400, json!({"error": "invalid_grant", "error_description": description}));
    assert_snapshot!(sign_in(vec![begun(json!({})), refused], "t"), @r"
    Enter ABC.
    ERROR: Entra did not sign the user in: AADSTS70008: The code ***** is used.
    requests (2, 0), exit 1
    ");
    assert_snapshot!(sign_in(vec![answer(400, json!({"error": "invalid_client"}))], "t"), @r"
    ERROR: Entra did not sign the user in: invalid_client.
    requests (1, 0), exit 1
    ");
}

#[test]
fn what_entra_says_cannot_act_on_the_terminal() {
    let refused = answer(400, json!({"error": "x\u{1b}[2J"}));
    assert_snapshot!(sign_in(vec![begun(json!({"message": "Enter\u{1b}]0;x\u{7} ABC."})), refused.clone()], "t"), @r"
    Enter\x1b]0;x\x07 ABC.
    ERROR: Entra did not sign the user in: x\x1b[2J.
    requests (2, 0), exit 1
    ");
    let seen = sign_in(vec![begun(json!({"message": ""})), refused], "t");
    assert!(seen.starts_with("To sign in, open https://e.example/d and enter the code ABC.\n"), "{seen}");
}

#[test]
fn a_token_that_no_header_takes_is_an_error() {
    let token = answer(200, json!({"access_token": "a\r\nb"}));
    let seen = sign_in(vec![begun(json!({})), token], "t");
    assert!(seen.contains("ERROR: Entra's answer contains a token with an invalid character: U+000D"), "{seen}");
    assert!(seen.ends_with("requests (2, 0), exit 1\n"), "{seen}");
}

#[test]
fn a_tenant_that_is_none_is_refused_before_anything_is_sent() {
    assert_snapshot!(sign_in(vec![], "../evil"), @r"
    ERROR: --tenant: '../evil' is not the id or the domain of a tenant.
    requests (0, 0), exit 2
    ");
    assert_snapshot!(sign_in(vec![], ""), @r"
    ERROR: --tenant is empty.
    requests (0, 0), exit 2
    ");
}
