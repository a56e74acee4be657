//! Tests of tokens of other Entra issuers.

use acs_identity_emulator::{Config, TrustedIssuer};

use super::support::running::Running;
use super::{TENANT, entra_token, with_bearer};

const TARGET: &str = "/identities?api-version=2023-10-01";

/// Starts another emulator. Returns it with a token for management of its issuer.
fn issuer() -> (Running, String) {
    let issuer = Running::in_memory();
    let token = entra_token(&mut issuer.client(), "https://communication.azure.com/", &[]);
    (issuer, token)
}

/// Starts an emulator that trusts that issuer.
fn friend_of(issuer: &Running) -> Running {
    let mut client = issuer.client();
    let metadata = format!("/{TENANT}/v2.0/.well-known/openid-configuration");
    let metadata = client.raw("GET", &metadata, &[], "").unwrap().body;
    let keys = metadata["jwks_uri"].as_str().unwrap();
    let path = &keys[keys.find("://").unwrap() + 3..];
    let jwks = client.raw("GET", &path[path.find('/').unwrap()..], &[], "").unwrap().body;
    let issuer = TrustedIssuer { issuer: metadata["issuer"].as_str().unwrap().to_owned(), jwks };
    Running::start(Config { issuers: vec![issuer], ..Config::in_memory() })
}

#[test]
fn a_token_of_an_unknown_issuer_is_refused() {
    let (_issuer, token) = issuer();
    let stranger = Running::in_memory();
    assert_eq!(with_bearer(&mut stranger.client(), "POST", TARGET, &token).code(), "Denied");
}

#[test]
fn a_token_of_a_trusted_issuer_is_accepted() {
    let (issuer, token) = issuer();
    assert_eq!(with_bearer(&mut friend_of(&issuer).client(), "POST", TARGET, &token).status, 201);
}

#[test]
fn a_token_of_a_trusted_issuer_whose_signature_was_changed_is_refused() {
    let (issuer, token) = issuer();
    // A character within the signature is changed, because some bits of the last character have no meaning.
    let (before, after) = token.split_at(token.len() - 100);
    let changed = format!("{before}{}{}", if after.starts_with('A') { "B" } else { "A" }, &after[1..]);
    assert_eq!(with_bearer(&mut friend_of(&issuer).client(), "POST", TARGET, &changed).code(), "Denied");
}
