//! Tests of the emulator's options that affect its HTTP responses, and of a list that the service returns in pages.
#![cfg(unix)]

mod support;

use serde_json::{Value, json};
use support::Folder;
use support::emulator::{Answer, Emulator};

const APP: &str = "22222222-2222-2222-2222-222222222222";
const USER: &str = "11111111-1111-1111-1111-111111111111";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

/// Returns the emulator's response to a creation with that token.
fn creation_with(emulator: &Emulator, token: &str) -> Answer {
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
    emulator.client().raw("POST", "/identities?api-version=2023-10-01", &headers, "").unwrap()
}

#[test]
fn the_issuers_of_entra_issuer_are_trusted_by_their_metadata() {
    let home = Folder::new();
    let issuer = Emulator::in_memory(&home);
    let body = json!({"oid": USER, "appid": APP, "aud": "https://communication.azure.com/"});
    let issued = issuer.client().send("POST", "/emulator/entra-token?", &body.to_string());
    let token = issued.body["access_token"].as_str().unwrap();
    let metadata = format!("http://localhost:{}/{TENANT}/v2.0/.well-known/openid-configuration", issuer.port());
    let mut command = support::az(&home);
    command.args(["communication", "emulator", "start", "--in-memory", "--port", "0", "--entra-issuer", &metadata]);
    command.env("REQUESTS_CA_BUNDLE", issuer.ca_certificate());
    assert_eq!(creation_with(&Emulator::from_command(&mut command), token).status, 201);
    assert_eq!(creation_with(&Emulator::in_memory(&home), token).code(), "Denied");
}

#[test]
fn a_revocation_waits_for_revocation_delay() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &["--in-memory", "--revocation-delay", "15m"]);
    let mut client = emulator.client();
    let user = client.create();
    let token = client.issue(&user).body["token"].as_str().unwrap().to_owned();
    assert_eq!(client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), "").status, 204);
    assert!(client.is_active(&token));
}

#[test]
fn a_list_of_assignments_is_whole_however_many_pages_it_has() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let assignment = json!({"tenantId": TENANT, "principalType": "user", "clientIds": [APP]});
    let objects: serde_json::Map<String, Value> =
        (0..2001).map(|number| (format!("{number:08}-0000-0000-0000-000000000000"), assignment.clone())).collect();
    let made = client.send(
        "PATCH",
        "/access/entra/assignments?api-version=2025-03-02-preview",
        &Value::Object(objects).to_string(),
    );
    assert_eq!(made.status, 200, "{made:?}");
    let mut list = emulator.az(&home);
    let list = list.args(["communication", "user-identity", "entra", "assignment", "list", "--only-show-errors"]);
    let output = list.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let ids: std::collections::BTreeSet<&str> = listed.iter().map(|one| one["objectId"].as_str().unwrap()).collect();
    assert_eq!((listed.len(), ids.len()), (2001, 2001));
}
