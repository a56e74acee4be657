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
    let script = "curl -s --noproxy '*' \"http://${AZURE_COMMUNICATION_ENDPOINT#https://}/emulator/token?user=ann\" | cut -c 1-9";
    let mut command = az(&home);
    command.args(["communication", "emulator", "run", "--token-endpoint", "--", "sh", "-c", script]);
    assert_snapshot!(run(&mut command), @r#"
    exit 0
    --- stdout
    {"token":
    "#);
}
