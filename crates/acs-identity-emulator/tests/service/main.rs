//! Tests of the service over HTTP, with an emulator in this process.
#![allow(clippy::disallowed_methods, reason = "the tests look at the clock from outside")]

mod access_keys;
mod api_versions;
mod authentication;
mod clock;
mod connections;
mod control;
mod entra;
mod errors;
mod events;
mod exchanges;
mod faults;
mod folder;
mod front_end;
mod handle;
mod held;
mod identities;
mod introspection;
mod issuers;
mod large_requests;
mod no_secrets;
mod page;
mod requests;
mod revocation;
#[path = "../support/mod.rs"]
mod support;
mod teams_extension;
mod testing;
mod throttling;
mod tokens;
mod trust;

use serde_json::{Value, json};
use support::client::{Answer, Client};

const APP: &str = "22222222-2222-2222-2222-222222222222";
const USER: &str = "11111111-1111-1111-1111-111111111111";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const GROUP: &str = "44444444-4444-4444-4444-444444444444";

/// Returns a token of the emulator's Entra issuer for the user.
fn entra_token(client: &mut Client, audience: &str, scopes: &[&str]) -> String {
    let body = json!({"oid": USER, "appid": APP, "aud": audience, "scopes": scopes, "groups": [GROUP]});
    let answer = client.send("POST", "/emulator/entra-token?", &body.to_string());
    answer.body["access_token"].as_str().unwrap().to_owned()
}

/// Sends a request with this token instead of a signature.
fn with_bearer(client: &mut Client, method: &str, target: &str, token: &str) -> Answer {
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
    client.raw(method, target, &headers, "{}").unwrap()
}

/// Returns a part of a JWT: 0 is its header, 1 its claims.
fn part_of(token: &str, index: usize) -> Value {
    use base64::Engine as _;
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Returns the access token of a response that issued one.
fn token_of(issued: &Answer) -> String {
    issued.body["token"].as_str().unwrap_or_else(|| panic!("{issued:?}")).to_owned()
}
