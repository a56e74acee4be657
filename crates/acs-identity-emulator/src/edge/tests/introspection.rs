//! Introspection for clients with a client secret, and for clients that have only the token.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Ask, ELSEWHERE, Seen, ask, create, edge, management_token};
use crate::edge::pipeline::Edge;

const CALLER: &str = "bbbbbbbb-0000-0000-0000-000000000002";

/// Creates an identity. Returns its id and a token.
async fn token(edge: &Arc<Edge>) -> (String, String) {
    let created = create().body(r#"{"createTokenWithScopes":["chat"]}"#).of(edge).await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&created["identity"]["id"]), text(&created["accessToken"]["token"]))
}

fn introspect(token: &str, more: &str) -> Ask {
    ask("POST", "/introspect").body(format!("token={token}{more}")).from(ELSEWHERE)
}

fn basic(request: Ask, secret: &str) -> Ask {
    request.header("authorization", format!("Basic {}", STANDARD.encode(format!("client:{secret}"))))
}

fn names(seen: &Seen) -> Vec<String> {
    seen.json().as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn a_client_with_the_token_alone_learns_whether_it_is_active_and_not_the_reason() {
    let edge = edge();
    let (user, token) = token(&edge).await;
    let active = introspect(&token, "").of(&edge).await;
    assert_eq!((active.status, active.json()["active"].as_bool()), (200, Some(true)), "{active:?}");
    assert_eq!(names(&active), ["active", "scope", "sub", "exp", "iat", "token_type"]);
    let delete = ask("DELETE", format!("/identities/{user}?api-version=2023-10-01"));
    assert_eq!(delete.signed().of(&edge).await.status, 204);
    let mut said = String::new();
    for token in [&token, "rubbish"] {
        let seen = introspect(token, "").of(&edge).await;
        said += &format!("{} {}\n", seen.status, seen.text);
    }
    insta::assert_snapshot!(said, @r#"
    200 {"active":false}
    200 {"active":false}
    "#);
}

#[tokio::test]
async fn an_application_with_the_client_secret_learns_the_reason() {
    let edge = edge();
    let secret = edge.backend.core.access_keys.client_secret();
    let form = introspect("rubbish", &format!("&client_id=c&client_secret={secret}")).of(&edge).await;
    insta::assert_snapshot!(format!("{} {}", form.status, form.text), @r#"200 {"active":false,"reason":"malformed"}"#);
    let header = basic(introspect("rubbish", ""), &secret).of(&edge).await;
    assert_eq!(header.text, form.text);
    assert_eq!(introspect("rubbish", "").signed().of(&edge).await.text, form.text);
}

#[tokio::test]
async fn wrong_client_credentials_are_refused() {
    let edge = edge();
    let (_, token) = token(&edge).await;
    let wrong = introspect(&token, "&client_id=c&client_secret=wrong").of(&edge).await;
    assert_eq!(wrong.header("www-authenticate"), Some("Basic realm=\"emulator\""));
    insta::assert_snapshot!(format!("{} {}", wrong.status, wrong.text), @r#"401 {"error":"invalid_client","error_description":"The client secret is not the one of the emulator."}"#);
    for request in [basic(introspect(&token, ""), "wrong"), introspect(&token, "").header("authorization", "Basic %")] {
        assert_eq!(request.of(&edge).await.text, wrong.text);
    }
    // A wrong credential of the service is refused, and does not count as a missing one.
    assert_eq!(introspect(&token, "").bearer("wrong").of(&edge).await.status, 401);
    assert_eq!(introspect(&token, "").header("authorization", "HMAC-SHA256 x").of(&edge).await.status, 401);
}

#[tokio::test]
async fn clients_without_a_credential_are_limited_and_others_are_not() {
    let edge = edge();
    let mut limited = None;
    // A window is a second, so more than two windows of requests exceed one of them.
    for _ in 0..1000 {
        let seen = introspect("rubbish", "").of(&edge).await;
        if seen.status == 429 {
            limited = Some(seen);
            break;
        }
    }
    let seen = limited.unwrap();
    assert_eq!(seen.header("retry-after"), Some("1"));
    insta::assert_snapshot!(seen.text, @r#"{"error":{"code":"TooManyRequests","message":"Too many requests. Try again in 1 seconds."}}"#);
    assert_eq!(introspect("rubbish", "").signed().of(&edge).await.status, 200);
}

#[tokio::test]
async fn a_request_without_a_token_is_refused() {
    let edge = edge();
    let seen = ask("POST", "/introspect").of(&edge).await;
    insta::assert_snapshot!(format!("{} {}", seen.status, seen.text), @r#"400 {"error":{"code":"ValidationError","message":"The body must contain a token: token=…","target":"token"}}"#);
}

#[tokio::test]
async fn every_caller_of_the_service_may_introspect() {
    let edge = edge();
    let created = create().body(r#"{"createTokenWithScopes":["chat"]}"#).of(&edge).await.json();
    let token = created["accessToken"]["token"].as_str().unwrap();
    let caller = management_token(&edge, CALLER).await;
    let answer = ask("POST", "/introspect").body(format!("token={token}")).bearer(&caller).of(&edge).await;
    assert_eq!(answer.json()["active"], Value::Bool(true), "{answer:?}");
}
