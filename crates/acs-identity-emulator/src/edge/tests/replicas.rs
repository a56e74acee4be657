//! Two processes over one store: whatever one of them has acknowledged is in force in the other one.

use std::sync::Arc;

use acs_identity_protocol::AccessKey;
use serde_json::{Value, json};

use super::{Ask, Seen, VERSION, ask, create, replicas};
use crate::edge::pipeline::Edge;

/// Calls the control API with the well-known key.
async fn control(edge: &Arc<Edge>, method: &'static str, path: &str, body: &str) -> Seen {
    let answer = ask(method, format!("/emulator/{path}")).body(body).signed().of(edge).await;
    assert!(answer.status < 300, "{answer:?}");
    answer
}

/// Creates an identity. Returns its raw id and a token.
async fn created(edge: &Arc<Edge>) -> (String, String) {
    let made = create().body(r#"{"createTokenWithScopes":["chat"]}"#).of(edge).await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["identity"]["id"]), text(&made["accessToken"]["token"]))
}

/// Returns the reason why a token is not active, or an empty text.
async fn inactive(edge: &Arc<Edge>, token: &str) -> String {
    let form = ask("POST", "/introspect").header("content-type", "application/x-www-form-urlencoded");
    let said = form.body(format!("token={token}")).signed().of(edge).await.json();
    assert_eq!(said["active"].as_bool(), Some(said["reason"].is_null()), "{said}");
    said["reason"].as_str().unwrap_or_default().to_owned()
}

async fn keys(edge: &Arc<Edge>) -> [AccessKey; 2] {
    let keys = control(edge, "POST", "list-keys", "").await;
    ["primaryKey", "secondaryKey"].map(|name| keys.text_of(name).parse().unwrap())
}

fn issue(id: &str) -> Ask {
    ask("POST", format!("/identities/{id}/:issueAccessToken?{VERSION}")).body(r#"{"scopes":["chat"]}"#)
}

#[tokio::test]
async fn tokens_of_one_are_active_in_the_other_until_they_are_revoked() {
    let [one, other] = replicas();
    let (id, token) = created(&one).await;
    assert_eq!(inactive(&other, &token).await, "");
    let revoke = ask("POST", format!("/identities/{id}/:revokeAccessTokens?{VERSION}")).signed();
    assert_eq!(revoke.of(&other).await.status, 204);
    assert_eq!(inactive(&one, &token).await, "revoked");
    let delete = ask("DELETE", format!("/identities/{id}?{VERSION}")).signed();
    assert_eq!(delete.of(&one).await.status, 204);
    assert_eq!(inactive(&other, &token).await, "identity_deleted");
}

#[tokio::test]
async fn both_publish_the_same_keys() {
    let [one, other] = replicas();
    let (_, token) = created(&one).await;
    let keys = |edge| ask("GET", "/.well-known/jwks.json").of(edge);
    assert_eq!(keys(&other).await.text, keys(&one).await.text);
    control(&other, "POST", "regenerate-key", r#"{"keyType":"primary"}"#).await;
    assert_eq!(keys(&one).await.text, keys(&other).await.text);
    let secondary = self::keys_by_secondary(&one).await;
    let form = ask("POST", "/introspect").header("content-type", "application/x-www-form-urlencoded");
    let said = form.body(format!("token={token}")).signed_with(secondary).of(&one).await.json();
    assert_eq!(said["reason"], "unknown_key");
}

/// Returns the secondary key, which a former key cannot ask for.
async fn keys_by_secondary(edge: &Arc<Edge>) -> AccessKey {
    edge.backend.core.access_keys.get(crate::store::AccessSlot::Secondary)
}

#[tokio::test]
async fn a_key_that_one_has_regenerated_opens_nothing_in_the_other() {
    let [one, other] = replicas();
    let (id, _) = created(&one).await;
    let [_, secondary] = keys(&other).await;
    assert_eq!(issue(&id).signed_with(secondary.clone()).of(&other).await.status, 200);
    control(&one, "POST", "regenerate-key", r#"{"keyType":"secondary"}"#).await;
    assert_eq!(issue(&id).signed_with(secondary).of(&other).await.status, 401);
    let [_, new] = keys(&one).await;
    assert_eq!(issue(&id).signed_with(new).of(&other).await.status, 200);
}

#[tokio::test]
async fn a_clock_that_one_has_set_is_that_of_the_other() {
    let [one, other] = replicas();
    let (_, token) = created(&one).await;
    control(&one, "POST", "clock/advance", r#"{"by":"2d"}"#).await;
    assert_eq!(inactive(&other, &token).await, "expired");
    control(&other, "POST", "clock/freeze", "").await;
    let shown = |edge| control(edge, "GET", "clock", "");
    assert_eq!(shown(&one).await.json()["now"], shown(&other).await.json()["now"]);
    control(&one, "POST", "clock/reset", "").await;
    assert_eq!(inactive(&other, &token).await, "");
}

#[tokio::test]
async fn a_fault_hits_requests_of_both_and_is_counted_once() {
    let [one, other] = replicas();
    assert_eq!(create().of(&other).await.status, 201);
    let id = control(&one, "POST", "faults", r#"{"operation":"createIdentity","status":429,"times":3}"#).await;
    let mut statuses = Vec::new();
    for edge in [&other, &one, &other, &one, &other] {
        statuses.push(create().of(edge).await.status);
    }
    assert_eq!(statuses, [429, 429, 429, 201, 201]);
    let listed = control(&other, "GET", "faults", "").await.json();
    assert_eq!((&listed["value"][0]["hits"], &listed["value"][0]["id"]), (&json!(3), &id.json()["id"]));
    control(&other, "POST", "faults", r#"{"operation":"createIdentity","status":500}"#).await;
    assert_eq!(create().of(&one).await.status, 500);
    control(&one, "DELETE", "faults/2", "").await;
    assert_eq!(create().of(&other).await.status, 201);
    control(&other, "DELETE", "faults", "").await;
    assert_eq!(control(&one, "GET", "faults", "").await.text, r#"{"value":[]}"#);
}

#[tokio::test]
async fn an_imported_state_is_that_of_both() {
    let [one, other] = replicas();
    let (id, token) = created(&one).await;
    let state = control(&one, "GET", "export", "").await.text;
    control(&other, "POST", "reset", "").await;
    assert_eq!(inactive(&one, &token).await, "identity_deleted");
    control(&other, "POST", "import", &state).await;
    assert_eq!(inactive(&one, &token).await, "");
    assert_eq!(issue(&id).signed().of(&one).await.status, 200);
}

#[tokio::test]
async fn a_request_that_begins_again_is_counted_and_executed_once() {
    let [one, other] = replicas();
    control(&one, "POST", "clock/freeze", "").await;
    assert_eq!(create().body(r#"{"customId":"a"}"#).of(&other).await.status, 201);
    let listed = control(&one, "GET", "identities", "").await.json();
    assert_eq!(listed["value"].as_array().unwrap().len(), 1);
    assert_eq!(other.backend.requests.len(), 1);
}

#[tokio::test]
async fn a_reset_of_one_removes_the_faults_of_both() {
    let [one, other] = replicas();
    control(&one, "POST", "faults", r#"{"operation":"createIdentity","status":418}"#).await;
    assert_eq!(create().of(&other).await.status, 418);
    control(&other, "POST", "reset", "").await;
    assert_eq!(create().of(&one).await.status, 201);
    control(&one, "POST", "clock/freeze", "").await;
    assert_eq!(create().of(&other).await.status, 201);
    assert_eq!(control(&one, "GET", "faults", "").await.text, r#"{"value":[]}"#);
}

#[tokio::test]
async fn a_request_that_waits_at_one_ends_when_the_other_imports_or_resets() {
    for change in ["reset", "import?replace=true"] {
        let [one, other] = replicas();
        let state = control(&one, "GET", "export", "").await.text;
        control(&one, "POST", "faults", r#"{"operation":"createIdentity","delayMilliseconds":60000}"#).await;
        let waits = Arc::clone(&one);
        let waiting = tokio::spawn(async move { create().try_of(&waits).await.is_err() });
        let hits = async || control(&one, "GET", "faults", "").await.json()["value"][0]["hits"].clone();
        while hits().await != json!(1) {
            tokio::task::yield_now().await;
        }
        control(&other, "POST", change, if change == "reset" { "" } else { &state }).await;
        // The next request of that process copies what has changed. So does a task, while no request comes.
        control(&one, "GET", "clock", "").await;
        assert!(waiting.await.unwrap(), "{change}");
    }
}
