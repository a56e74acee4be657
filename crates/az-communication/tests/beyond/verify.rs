//! Tests of `token verify`: the signature, the times, and whether the token was revoked.

use super::*;
use crate::support::emulator::Emulator;
use crate::support::replay::Server;
use crate::support::tls::CERTIFICATE;
use insta::assert_snapshot;
use std::sync::atomic::{AtomicU32, Ordering};

/// The members of the result, without the claims.
const FINDINGS: [&str; 4] =
    ["--query", "{verified: verified, signature: signature, revoked: revoked, reason: reason}", "-o", "yaml"];

/// Returns the command `token verify` with these options.
fn verify(world: &World, token: &str, options: &[&str]) -> Command {
    let mut command = world.command_of(["token", "verify", "--token", token]);
    command.args(options);
    command
}

/// Runs it. Returns those members.
fn findings(world: &World, token: &str, options: &[&str]) -> Seen {
    world.shown(verify(world, token, options).args(FINDINGS))
}

/// Writes a file with the keys that the emulator publishes at this path. Returns the path of the file.
fn keys(world: &World, path: &str) -> String {
    // Other tests write files into the same folder at the same time.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let keys = world.emulator.client().raw("GET", path, &[], "").unwrap().body;
    let name = format!("keys-{}.json", COUNT.fetch_add(1, Ordering::Relaxed));
    world.home.write(&name, keys.to_string());
    name
}

#[test]
fn a_token_that_was_just_issued_is_good() {
    let world = World::shared();
    assert_snapshot!(findings(world, &issued(world).1, &[]), @"
    exit 0
    --- stdout
    reason: null
    revoked: false
    signature: valid
    verified: true
    ");
}

#[test]
fn a_revoked_token_is_not_good() {
    let world = World::shared();
    let (user, token) = issued(world);
    world.ok(&format!("token revoke --user {user} --yes"));
    assert_snapshot!(findings(world, &token, &[]), @"
    exit 1
    --- stdout
    reason: The tokens of the identity were revoked after this one was issued.
    revoked: true
    signature: valid
    verified: false
    ");
}

#[test]
fn a_token_of_a_deleted_user_is_not_good() {
    let world = World::shared();
    let (user, token) = issued(world);
    world.ok(&format!("user delete --user {user} --yes"));
    assert_snapshot!(findings(world, &token, &[]), @"
    exit 1
    --- stdout
    reason: The identity of the token was deleted.
    revoked: true
    signature: valid
    verified: false
    ");
}

#[test]
fn a_changed_token_is_not_good() {
    let world = World::shared();
    assert_snapshot!(findings(world, &changed(&issued(world).1), &[]), @"
    exit 1
    --- stdout
    reason: 'The signature does not match: the token was changed or cut off.'
    revoked: false
    signature: invalid
    verified: false
    ");
}

#[test]
fn a_token_of_another_resource_is_not_good() {
    let seen = findings(World::shared(), &issued(&World::alone()).1, &[]);
    let reason = "reason: The token belongs to another resource, ";
    assert!(seen.code == Some(1) && seen.stdout.contains(reason) && seen.stdout.contains("revoked: false"), "{seen}");
}

#[test]
fn a_token_of_a_key_that_was_regenerated_is_not_good() {
    let world = World::alone();
    let (_, token) = issued(&world);
    let answer = world.emulator.client().send("POST", "/emulator/regenerate-key?", r#"{"keyType": "Primary"}"#);
    let connection = answer.body["primaryConnectionString"].as_str().unwrap();
    let mut command = verify(&world, &token, &FINDINGS);
    assert_snapshot!(run(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection)), @"
    exit 1
    --- stdout
    reason: The access key that the token was issued with was regenerated, which revoked
      the token.
    revoked: true
    signature: of an unknown key
    verified: false
    ");
}

#[test]
fn a_token_that_has_the_asked_scope_is_good() {
    let world = World::shared();
    assert_eq!(findings(world, &issued(world).1, &["--scope", "chat"]).code, Some(0));
}

#[test]
fn a_token_that_lacks_an_asked_scope_is_not_good() {
    let world = World::shared();
    assert_snapshot!(findings(world, &issued(world).1, &["--scope", "voip", "chat", "chat.join"]), @"
    exit 1
    --- stdout
    reason: The token lacks the scope voip, chat.join.
    revoked: false
    signature: valid
    verified: false
    ");
}

#[test]
fn with_a_key_set_revocations_are_not_known() {
    let world = World::shared();
    let keys = keys(world, "/.well-known/jwks.json");
    assert_snapshot!(findings(world, &issued(world).1, &["--jwks", &keys]), @"
    exit 0
    --- stdout
    reason: null
    revoked: null
    signature: valid
    verified: true
    ");
}

#[test]
fn with_a_key_set_a_token_that_names_no_key_is_not_good() {
    let world = World::shared();
    let keys = keys(world, "/.well-known/jwks.json");
    assert_snapshot!(findings(world, &token(r#"{"exp": 1}"#), &["--jwks", &keys]), @"
    exit 1
    --- stdout
    reason: The token does not name the key that signed it.
    revoked: null
    signature: of an unknown key
    verified: false
    ");
}

#[test]
fn with_a_key_set_a_token_of_another_key_is_not_good() {
    let world = World::shared();
    let keys = keys(world, "/.well-known/jwks.json");
    let seen = findings(world, &issued(&World::alone()).1, &["--jwks", &keys]);
    let reason = "reason: The key set lacks the key that signed the token, ";
    assert!(seen.code == Some(1) && seen.stdout.contains(reason), "{seen}");
}

#[test]
fn with_a_key_set_an_expired_token_is_not_good() {
    let world = World::shared();
    let keys = keys(world, "/common/discovery/v2.0/keys");
    let expired = entra_token(world, "--expires-in=-5m");
    assert_snapshot!(findings(world, &expired, &["--jwks", &keys]), @"
    exit 1
    --- stdout
    reason: The token expired 5 minutes ago (claim 'exp').
    revoked: null
    signature: valid
    verified: false
    ");
}

#[test]
fn a_key_set_is_read_from_a_url() {
    let world = World::shared();
    let stranger = Emulator::in_memory(&world.home);
    let url = format!("http://localhost:{}/.well-known/jwks.json", stranger.port());
    let seen = findings(world, &issued(world).1, &["--jwks", &url]);
    assert!(seen.code == Some(1) && seen.stdout.contains("signature: of an unknown key"), "{seen}");
}

#[test]
fn a_key_set_that_cannot_be_read_is_an_error() {
    let world = World::shared();
    assert_snapshot!(world.shown(&mut verify(world, &token("{}"), &["--jwks", "missing.json"])), @"
    exit 1
    --- stderr
    ERROR: The key set missing.json cannot be read: No such file or directory.
    ");
}

#[test]
fn a_service_that_is_not_the_emulator_publishes_no_keys() {
    let world = World::shared();
    let azure = "endpoint=https://c.communication.azure.com;accesskey=AAAA";
    assert_snapshot!(world.shown(&mut verify(world, &token("{}"), &["--connection-string", azure])), @"
    exit 1
    --- stderr
    ERROR: c.communication.azure.com does not publish keys to verify tokens with.
    Hint: Only the emulator does. Give a key set with --jwks, or use `token inspect`.
    ");
}

#[test]
fn another_server_on_localhost_publishes_no_keys() {
    let world = World::shared();
    let server = Server::start(vec![serde_json::json!({"status": 200, "body": "<html></html>"})]);
    let connection = format!("endpoint=https://localhost:{};accesskey=AAAA", server.port);
    let mut command = verify(world, &token("{}"), &["--connection-string", &connection]);
    let seen = run(command.env("REQUESTS_CA_BUNDLE", world.home.write("cert.pem", CERTIFICATE)));
    assert_snapshot!(seen.hiding(server.port, "PORT"), @"
    exit 1
    --- stderr
    ERROR: localhost:PORT does not publish keys to verify tokens with.
    Hint: Only the emulator does. Give a key set with --jwks, or use `token inspect`.
    ");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_emulator_is_recognized_under_another_name_than_localhost() {
    let world = World::shared();
    let connection = world.emulator.connection_string().replace("localhost", "127.0.0.1");
    assert_eq!(findings(world, &issued(world).1, &["--connection-string", &connection]).code, Some(0));
}

#[test]
fn the_table_fits_the_terminal() {
    let world = World::shared();
    world.home.write("keys", r#"{"keys": []}"#);
    let mut command = verify(world, &token(r#"{"exp": 1000}"#), &["--jwks", "keys", "-o", "table"]);
    assert_snapshot!(run(command.env("COLUMNS", "70")), @"
    exit 1
    --- stdout
    Verified    Signature          Expired    Revoked    Reason
    ----------  -----------------  ---------  ---------  ----------------
    False       of an unknown key  True                  The token does
                                                         not name the key
                                                         that signed it.
    ");
}
