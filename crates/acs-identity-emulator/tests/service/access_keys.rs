//! Tests of access keys: what a regeneration revokes.

use serde_json::{Value, json};

use super::support::client::Client;
use super::support::running::Running;
use super::{part_of, token_of};

fn list(client: &mut Client) -> Value {
    client.send("POST", "/emulator/list-keys?", "").body
}

/// Regenerates one of the keys. Returns both keys.
fn regenerate(client: &mut Client, which: &str) -> Value {
    let answer = client.send("POST", "/emulator/regenerate-key?", &json!({"keyType": which}).to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn with_key(emulator: &Running, key: &Value) -> Client {
    let mut client = emulator.client();
    client.key = key.as_str().unwrap().parse().unwrap();
    client
}

#[test]
fn regenerating_one_key_leaves_the_other_one() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let before = list(&mut client);
    let after = regenerate(&mut client, "Secondary");
    assert_eq!(before["primaryKey"], after["primaryKey"]);
    assert_ne!(before["secondaryKey"], after["secondaryKey"]);
}

#[test]
fn a_regenerated_key_no_longer_signs_requests() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    regenerate(&mut client, "Primary");
    assert_eq!(client.send("POST", "/identities", "").code(), "Denied");
}

#[test]
fn tokens_end_with_the_key_that_made_them() {
    let emulator = Running::in_memory();
    let mut first = emulator.client();
    let user = first.create();
    let keys = list(&mut first);
    let mut second = with_key(&emulator, &keys["secondaryKey"]);
    let by_first = token_of(&first.issue(&user));
    let by_second = token_of(&second.issue(&user));
    assert!(second.is_active(&by_first) && second.is_active(&by_second));
    regenerate(&mut second, "Primary");
    assert!(!second.is_active(&by_first) && second.is_active(&by_second));
}

#[test]
fn the_published_keys_no_longer_have_the_one_of_a_regenerated_access_key() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    let user = client.create();
    let token = token_of(&client.issue(&user));
    regenerate(&mut client, "Primary");
    let jwks = client.raw("GET", "/.well-known/jwks.json", &[], "").unwrap().body;
    let signing_key = &part_of(&token, 0)["kid"];
    assert!(jwks["keys"].as_array().unwrap().iter().all(|key| key["kid"] != *signing_key));
}

#[cfg(feature = "sqlite")]
#[test]
fn regenerated_keys_are_kept_in_the_folder() {
    let folder = super::support::folder::Folder::new();
    let config = acs_identity_emulator::Config::in_folder(folder.path());
    let emulator = Running::start(config.clone());
    let mut client = emulator.client();
    let user = client.create();
    let by_first = token_of(&client.issue(&user));
    let keys = regenerate(&mut client, "Primary");
    let by_new = token_of(&with_key(&emulator, &keys["primaryKey"]).issue(&user));
    emulator.stop();
    let emulator = Running::start(config);
    let mut client = with_key(&emulator, &keys["primaryKey"]);
    assert_eq!(list(&mut client)["primaryKey"], keys["primaryKey"]);
    assert!(!client.is_active(&by_first) && client.is_active(&by_new));
}
