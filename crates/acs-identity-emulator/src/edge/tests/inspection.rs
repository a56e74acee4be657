//! What the control API says about a token.

use std::sync::Arc;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{ask, create, edge, edge_of, management_token};
use crate::config::{Config, TrustedIssuer};
use crate::edge::pipeline::Edge;

const APP: &str = "33333333-3333-3333-3333-333333333333";
const TEAMS: &str = "https://auth.msft.communication.azure.com";

async fn inspect(edge: &Arc<Edge>, token: &str) -> Value {
    let seen = ask("POST", "/emulator/inspect").body(json!({"token": token}).to_string()).signed().of(edge).await;
    assert_eq!((seen.status, seen.header("cache-control")), (200, Some("no-store")), "{seen:?}");
    seen.json()
}

/// Returns what is decided about a token, and why.
fn verdict(seen: &Value) -> String {
    format!("{} {} {} {}: {}", seen["kind"], seen["signature"], seen["active"], seen["reason"], seen["explanation"])
}

/// Returns the raw id of a new identity, and a token of it.
async fn access_token(edge: &Arc<Edge>) -> (String, String) {
    let created = create().body(r#"{"createTokenWithScopes":["chat"]}"#).of(edge).await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&created["identity"]["id"]), text(&created["accessToken"]["token"]))
}

/// Returns a token of the emulator's issuer for a user.
async fn entra_token(edge: &Arc<Edge>, more: Value) -> String {
    let mut body = json!({"oid": APP, "appid": APP});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ask("POST", "/emulator/entra-token").body(body.to_string()).signed().of(edge).await.text_of("access_token")
}

/// Changes the claims of a token, but not its signature.
fn changed(token: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    claims["changed"] = true.into();
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
}

#[tokio::test]
async fn an_access_token_is_shown_with_its_claims_and_times() {
    let edge = edge();
    edge.backend.config.clock.freeze();
    edge.backend.config.clock.set(time::OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap());
    let (id, token) = access_token(&edge).await;
    let seen = inspect(&edge, &format!(" {token}\n")).await;
    assert_eq!(format!("8:{}", seen["claims"]["skypeid"].as_str().unwrap()), id);
    assert_eq!(seen["header"]["alg"], "RS256");
    assert_eq!(seen["issuedAt"], "2027-01-15T08:00:00.0000000+00:00");
    assert_eq!(seen["expiresAt"], "2027-01-16T08:00:00.0000000+00:00");
    assert_eq!(seen["secondsLeft"], 86_400);
    let names: Vec<&String> = seen.as_object().unwrap().keys().collect();
    assert_snapshot!(format!("{names:?}"), @r#"["kind", "header", "claims", "signature", "active", "reason", "explanation", "issuedAt", "expiresAt", "secondsLeft"]"#);
    edge.backend.config.clock.advance(time::Duration::days(2));
    assert_eq!(inspect(&edge, &token).await["secondsLeft"], -86_400);
}

#[tokio::test]
async fn each_reason_against_an_access_token_is_explained() {
    let edge = edge();
    let at = |seconds| edge.backend.config.clock.set(time::OffsetDateTime::from_unix_timestamp(seconds).unwrap());
    let day = |number: i64| 1_800_000_000 + number * 86_400;
    edge.backend.config.clock.freeze();
    at(day(0));
    let (id, token) = access_token(&edge).await;
    let mut all = vec![verdict(&inspect(&edge, &token).await), verdict(&inspect(&edge, &changed(&token)).await)];
    for number in [-1, 2] {
        at(day(number));
        all.push(verdict(&inspect(&edge, &token).await));
    }
    at(day(0));
    assert_eq!(ask("POST", format!("/emulator/identities/{id}/revoke")).signed().of(&edge).await.status, 204);
    all.push(verdict(&inspect(&edge, &token).await));
    assert_eq!(ask("DELETE", format!("/emulator/identities/{id}")).signed().of(&edge).await.status, 204);
    all.push(verdict(&inspect(&edge, &token).await));
    let (_, other) = access_token(&super::edge()).await;
    all.push(verdict(&inspect(&edge, &other).await));
    // A token of the same resource, whose key is gone.
    let secondary = ask("POST", "/emulator/list-keys").signed().of(&edge).await.text_of("secondaryKey");
    let created = super::create().signed_with(secondary.parse().unwrap());
    let created = created.body(r#"{"createTokenWithScopes":["chat"]}"#).of(&edge).await.json();
    let regenerate = ask("POST", "/emulator/regenerate-key").body(r#"{"keyType":"Secondary"}"#).signed();
    assert_eq!(regenerate.of(&edge).await.status, 200);
    all.push(verdict(&inspect(&edge, created["accessToken"]["token"].as_str().unwrap()).await));
    // {"alg":"RS256","kid":"x"} and {"skypeid":"x"}
    all.push(verdict(&inspect(&edge, "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJza3lwZWlkIjoieCJ9.AA").await));
    assert_snapshot!(all.join("\n"), @r#"
    "access" "valid" true null: "The token is active: this emulator signed it for its resource, and it is neither expired nor revoked."
    "access" "invalid" false "invalid_signature": "The token is not active. It names a key of this emulator, but that key did not sign it, so it was changed. Copy the whole token again, or issue a new one."
    "access" "valid" false "not_yet_valid": "The token is not active. It was issued at a later time than the clock of the service shows, because the clock was set back. Set the clock forward, or issue a new token. The clock shows 2027-01-14T08:00:00Z."
    "access" "valid" false "expired": "The token is not active. It has expired. Issue a new token, or set the clock of the service back. The clock shows 2027-01-17T08:00:00Z."
    "access" "valid" false "revoked": "The token is not active. The tokens of its identity were revoked after it was issued. Issue a new token."
    "access" "valid" false "identity_deleted": "The token is not active. Its identity was deleted, which ends all its tokens. Create an identity, and issue a token for it."
    "access" "unknownKey" false "other_resource": "The token is not active. It was issued for another resource: its claim resourceId is not the id of this emulator. Each data folder is a resource of its own. Issue a token here, or use the emulator that issued this one."
    "access" "valid" false "unknown_key": "The token is not active. It names a key that is not in force here: its access key was regenerated, the data was replaced, or it is not a token of this emulator. Issue a new token."
    "access" "unknownKey" false "malformed": "The token is not active. Its claims are not those of an access token of the service. Issue a new token for the identity."
    "#);
}

#[tokio::test]
async fn an_entra_token_is_accepted_for_its_uses_or_explained() {
    let edge = edge();
    let mut all = vec![verdict(&inspect(&edge, &management_token(&edge, APP).await).await)];
    for more in [
        json!({}),
        json!({"aud": TEAMS, "scopes": ["TeamsExtension.ManageCalls"]}),
        json!({"aud": "https://communication.azure.com/clients", "scopes": ["Chat"]}),
        json!({"aud": "api://AzureADTokenExchange"}),
        json!({"aud": TEAMS, "scopes": ["User.Read"]}),
        json!({"aud": "https://vault.azure.net"}),
        json!({"aud": "https://communication.azure.com/", "expiresIn": -5}),
    ] {
        let said = inspect(&edge, &entra_token(&edge, more).await).await;
        let now = acs_identity_protocol::time::utc(crate::clock::machine::now());
        all.push(verdict(&said).replace(&now[..14], "HOUR:"));
    }
    let token = entra_token(&edge, json!({})).await;
    all.push(verdict(&inspect(&edge, &changed(&token)).await));
    let regenerate = ask("POST", "/emulator/regenerate-key").body(r#"{"keyType":"Primary"}"#).signed();
    let key = regenerate.of(&edge).await.text_of("primaryKey").parse().unwrap();
    let body = json!({"token": token}).to_string();
    all.push(verdict(&ask("POST", "/emulator/inspect").body(body).signed_with(key).of(&edge).await.json()));
    assert_snapshot!(all.join("\n").lines().map(without_minutes).collect::<Vec<_>>().join("\n"), @r#"
    "entra" "valid" true null: "The emulator accepts this Entra token for calls of the service."
    "entra" "valid" true null: "The emulator accepts this Entra token in exchange for the access token of a Teams user."
    "entra" "valid" true null: "The emulator accepts this Entra token in exchange for the access token of a Teams extension user, if the user has an assignment."
    "entra" "valid" true null: "The emulator accepts this Entra token in exchange for the access token of an Entra user, if the user has an assignment."
    "entra" "valid" true null: "The emulator accepts this Entra token as the federated token of a workload, which gets a token for it."
    "entra" "valid" false "lacks_permission": "The emulator does not accept this token. It lacks the permission Teams.ManageCalls, without which it cannot be exchanged. Request a token with that scope."
    "entra" "valid" false "other_audience": "The emulator does not accept this token. It is for another audience: 'https://vault.azure.net'. Calls of the service take https://communication.azure.com/. An exchange takes only tokens of the emulator's own issuer, for https://auth.msft.communication.azure.com (Teams) or 2a04943b-b6a7-4f65-8786-2bb6131b59f6 (Entra users). Request a token for one of these."
    "entra" "valid" false "expired": "The emulator does not accept this token. It has expired: it is NOW now. Get a new token."
    "entra" "invalid" false "invalid_signature": "The emulator does not accept this token. It names a key of an issuer that the emulator trusts, but that key did not sign it, so it was changed. Copy the whole token again, or get a new one."
    "entra" "valid" false "key_regenerated": "The emulator does not accept this token. It was requested with an access key, or with a secret that derives from one, and that key was regenerated since. Request a new token with the present key."
    "#);
}

/// Replaces the minutes and seconds after `HOUR:`.
fn without_minutes(line: &str) -> String {
    match line.split_once("HOUR:") {
        Some((before, after)) => format!("{before}NOW{}", after.split_once('Z').map_or("", |(_, rest)| rest)),
        None => line.to_owned(),
    }
}

#[tokio::test]
async fn a_token_of_a_trusted_issuer_is_for_calls_of_the_service_only() {
    let issuer = edge();
    let keys = ask("GET", "/common/discovery/v2.0/keys").of(&issuer).await.json();
    let trusted = |url: &str| TrustedIssuer { issuer: url.into(), jwks: keys.clone() };
    let with = |url: &str| Arc::new(edge_of(Config { issuers: vec![trusted(url)], ..Config::in_memory() }));
    let edge = with("https://localhost:10100/{tenantid}/v2.0");
    let management = management_token(&issuer, APP).await;
    let teams = entra_token(&issuer, json!({})).await;
    let mut all = Vec::new();
    for (edge, token) in [
        (&edge, &management),
        (&edge, &teams),
        (&edge, &changed(&teams)),
        (&with("https://other/{tenantid}/v2.0"), &management),
        (&super::edge(), &management),
    ] {
        all.push(verdict(&inspect(edge, token).await));
    }
    assert_snapshot!(all.join("\n"), @r#"
    "entra" "valid" true null: "The emulator accepts this Entra token for calls of the service."
    "entra" "valid" false "other_audience": "The emulator does not accept this token. It is for another audience: 'https://auth.msft.communication.azure.com'. Calls of the service take https://communication.azure.com/. An exchange takes only tokens of the emulator's own issuer, for https://auth.msft.communication.azure.com (Teams) or 2a04943b-b6a7-4f65-8786-2bb6131b59f6 (Entra users). Request a token for one of these."
    "entra" "invalid" false "invalid_signature": "The emulator does not accept this token. It names a key of an issuer that the emulator trusts, but that key did not sign it, so it was changed. Copy the whole token again, or get a new one."
    "entra" "valid" false "unknown_issuer": "The emulator does not accept this token. A key of a trusted issuer signed it, but its claim iss is not the URL of that issuer. Compare it with the URL of --entra-issuer."
    "entra" "unknownKey" false "unknown_issuer": "The emulator does not accept this token. It is not an access token of the service, and no issuer that the emulator trusts signed it. Get a token from the emulator's own issuer, or start the emulator with --entra-issuer and the URL of the issuer."
    "#);
}

#[tokio::test]
async fn a_text_that_is_not_a_token_is_explained() {
    let edge = edge();
    let mut all = Vec::new();
    for token in ["", "rubbish", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.bm8.x", "Bearer a.b.c.d"] {
        let seen = inspect(&edge, token).await;
        assert!(seen["header"].is_null() && seen["claims"].is_null() && seen["secondsLeft"].is_null(), "{seen}");
        all.push(verdict(&seen));
    }
    let missing = ask("POST", "/emulator/inspect").body("{}").signed().of(&edge).await;
    all.push(format!("{} {}", missing.status, missing.text));
    assert_snapshot!(all.join("\n"), @r#"
    "malformed" null false "malformed": "This is not a token: a JWT has three parts separated by dots, but this has 1. Copy the whole token, without the words around it, and try again."
    "malformed" null false "malformed": "This is not a token: a JWT has three parts separated by dots, but this has 1. Copy the whole token, without the words around it, and try again."
    "malformed" null false "malformed": "This is not a token: its header is not base64url. Copy the whole token, without the words around it, and try again."
    "malformed" null false "malformed": "This is not a token: its payload is not a JSON object. Copy the whole token, without the words around it, and try again."
    "malformed" null false "malformed": "This is not a token: a JWT has three parts separated by dots, but this has 4. Copy the whole token, without the words around it, and try again."
    400 {"error":{"code":"ValidationError","message":"'token' must be given.","target":"token"}}
    "#);
}
