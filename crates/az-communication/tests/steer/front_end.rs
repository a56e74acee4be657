//! `--token-endpoint`.

use insta::assert_snapshot;

use super::support::emulator::Emulator;
use super::*;

#[test]
fn the_ready_line_says_that_the_token_endpoint_is_on() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &["--in-memory", "--token-endpoint"]);
    let url = format!("https://localhost:{}/emulator/token", emulator.port());
    assert_eq!(emulator.ready["tokenEndpoint"], url);
    let mut client = emulator.client();
    let answer = client.raw("GET", "/emulator/token?user=ann&scope=chat", &[], "").unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body["user"]["id"].as_str().unwrap().starts_with("8:acs:"), "{answer:?}");
    let off = Emulator::in_memory(&home);
    assert_eq!(off.ready["tokenEndpoint"], serde_json::Value::Null);
    assert_eq!(off.client().raw("GET", "/emulator/token?user=ann", &[], "").unwrap().status, 404);
}

#[test]
fn the_command_of_a_run_gets_tokens_when_it_is_on() {
    let home = Folder::new();
    let script =
        "url=http${AZURE_COMMUNICATION_TOKEN_ENDPOINT#https}; curl -s --noproxy '*' \"$url?user=ann\" | cut -c 1-9";
    let mut command = az(&home);
    command.args(["communication", "emulator", "run", "--token-endpoint", "--", "sh", "-c", script]);
    assert_snapshot!(run(&mut command), @r#"
    exit 0
    --- stdout
    {"token":
    "#);
}

#[test]
fn the_status_has_the_url_of_the_ready_line_and_a_run_without_the_endpoint_leaves_none() {
    let home = Folder::new();
    let on = Emulator::start(&home, &["--in-memory", "--token-endpoint"]);
    let mut status = emulator(&home, "status --port");
    assert_eq!(run(status.arg(on.port().to_string())).json()["tokenEndpoint"], on.ready["tokenEndpoint"]);
    let mut inner = emulator(&home, "run -- sh -c");
    inner.arg("echo ${AZURE_COMMUNICATION_TOKEN_ENDPOINT-none}").env("AZURE_COMMUNICATION_TOKEN_ENDPOINT", "old");
    assert_eq!(run(&mut inner).stdout, "none\n");
}
