//! The operations of the control API on one identity: creates, deletes, issues and revokes tokens, lists assignments.

use std::sync::Arc;

use insta::assert_snapshot;
use serde_json::Value;

use super::{Ask, Seen, VERSION, ask, create, edge, edge_of};
use crate::config::Config;
use crate::edge::pipeline::Edge;

const TENANT: &str = "22222222-2222-2222-2222-222222222222";
const CLIENTS: &str = r#"["33333333-3333-3333-3333-333333333333"]"#;

fn add(body: &str) -> Ask {
    ask("POST", "/emulator/identities").body(body).signed()
}

fn give(id: &str, body: &str) -> Ask {
    ask("POST", format!("/emulator/identities/{id}/token")).body(body).signed()
}

async fn introspected(edge: &Arc<Edge>, token: &str) -> Value {
    ask("POST", "/introspect").body(format!("token={token}")).signed().of(edge).await.json()
}

/// Returns what was answered on one line.
fn said(seen: &Seen) -> String {
    format!("{} {}", seen.status, seen.text)
}

#[tokio::test]
async fn an_identity_is_created_once_for_a_custom_id_and_shown_as_in_the_list() {
    let edge = edge();
    edge.backend.config.clock.set(time::OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap());
    let new = add(r#"{"customId":"a/b"}"#).of(&edge).await;
    let id = new.text_of("id");
    assert_snapshot!(said(&new).replace(&id, "RAW ID"), @r#"201 {"id":"RAW ID","customId":"a/b","createdAt":"2027-01-15T08:00:00+00:00","lastTokenIssuedAt":null,"revoked":false,"pendingRevocationAt":null,"assignments":0}"#);
    let found = add(r#"{"CUSTOMID":"a/b"}"#).of(&edge).await;
    assert_eq!((found.status, &found.text), (200, &new.text));
    let listed = ask("GET", "/emulator/identities").signed().of(&edge).await.json();
    assert_eq!(listed["value"].as_array().unwrap(), &[new.json()]);
    // The service finds it, too.
    assert_eq!(create().body(r#"{"customId":"a/b"}"#).of(&edge).await.json()["identity"]["id"], id);
    // Without a custom id, each one is new. The log of requests has its id.
    for body in ["", "{}", r#"{"customId":null}"#] {
        let new = add(body).of(&edge).await;
        assert_eq!((new.status, new.json()["customId"].clone()), (201, Value::Null), "{body}");
        let logged = ask("GET", "/emulator/requests?last=1").signed().of(&edge).await.json();
        assert_eq!(logged["value"][0]["identity"], new.json()["id"], "{body}");
    }
}

#[tokio::test]
async fn a_token_of_the_control_api_is_like_one_of_the_service() {
    let secret = "a secret of the control API";
    let edge = Arc::new(edge_of(Config { control_secret: Some(secret.to_owned().into()), ..Config::in_memory() }));
    let id = add(r#"{"customId":"a/b"}"#).of(&edge).await.text_of("id");
    let body = r#"{"scopes":["voip","chat","voip"],"expiresInMinutes":60}"#;
    for (id, is_signed) in [(&*id, true), ("a%2Fb", true), ("a%2Fb", false)] {
        let target = format!("/emulator/identities/{id}/token");
        let request = ask("POST", target).body(body);
        let given = if is_signed { request.signed() } else { request.bearer(secret) }.of(&edge).await;
        assert_eq!((given.status, given.header("cache-control")), (200, Some("no-store")), "{given:?}");
        let token = given.text_of("token");
        let active = introspected(&edge, &token).await;
        assert_eq!((active["active"].as_bool(), active["scope"].as_str()), (Some(true), Some("voip chat")), "{active}");
        assert_eq!(active["exp"].as_i64().unwrap() - active["iat"].as_i64().unwrap(), 3600);
        let revoke = ask("POST", format!("/emulator/identities/{id}/revoke")).signed().of(&edge).await;
        assert_eq!((revoke.status, revoke.text.as_str()), (204, ""));
        assert_eq!(introspected(&edge, &token).await["reason"], "revoked");
    }
    let token = give("a%2Fb", r#"{"scopes":["chat.join.limited"]}"#).of(&edge).await.text_of("token");
    assert_eq!(introspected(&edge, &token).await["active"], true);
    let delete = ask("DELETE", "/emulator/identities/a%2Fb").signed();
    assert_eq!(delete.clone().of(&edge).await.status, 204);
    assert_eq!(introspected(&edge, &token).await["reason"], "identity_deleted");
    assert_eq!(delete.of(&edge).await.code(), "IdentityNotFound");
}

#[tokio::test]
async fn a_token_ends_with_the_access_key_with_which_it_was_asked_for() {
    let edge = edge();
    let id = add("{}").of(&edge).await.text_of("id");
    let token = give(&id, r#"{"scopes":["chat"]}"#).of(&edge).await.text_of("token");
    let regenerate = ask("POST", "/emulator/regenerate-key").body(r#"{"keyType":"Primary"}"#).signed();
    let key = regenerate.of(&edge).await.text_of("primaryKey").parse().unwrap();
    let seen = ask("POST", "/introspect").body(format!("token={token}")).signed_with(key).of(&edge).await;
    assert_eq!(seen.json()["reason"], "unknown_key");
}

#[tokio::test]
async fn faults_do_not_hit_these_operations() {
    let edge = edge();
    let id = add("{}").of(&edge).await.text_of("id");
    for rule in [r#"{"status":500}"#, r#"{"tokenExpiresInSeconds":-1}"#] {
        assert_eq!(ask("POST", "/emulator/faults").body(rule).signed().of(&edge).await.status, 201);
    }
    assert_eq!(create().of(&edge).await.status, 500);
    let given = give(&id, r#"{"scopes":["chat"]}"#).of(&edge).await;
    assert_eq!(given.status, 200, "{given:?}");
    assert_eq!(ask("DELETE", "/emulator/faults").signed().of(&edge).await.status, 204);
    assert_eq!(introspected(&edge, &given.text_of("token")).await["active"], true);
}

#[tokio::test]
async fn the_assignments_of_an_identity_are_those_of_its_guid() {
    let edge = edge();
    let id = add(r#"{"customId":"alice"}"#).of(&edge).await.text_of("id");
    let list = async |id: &str| ask("GET", format!("/emulator/identities/{id}/assignments")).signed().of(&edge).await;
    assert_snapshot!(said(&list("alice").await), @r#"200 {"value":[]}"#);
    let guid = id.rsplit('_').next().unwrap();
    let put = async |target: String, body: String| {
        let seen = ask("PUT", format!("{target}?{VERSION}")).body(body).signed().of(&edge).await;
        assert_eq!(seen.status, 201, "{seen:?}");
    };
    let user = format!(r#"{{"principalType":"user","clientIds":{CLIENTS}}}"#);
    put(format!("/access/teamsExtension/tenants/{TENANT}/assignments/{guid}"), user.clone()).await;
    let group = format!(r#"{{"tenantId":"{TENANT}","principalType":"group","clientIds":[]}}"#);
    put(format!("/access/entra/assignments/{guid}"), group.clone()).await;
    // The assignment of another object.
    put(format!("/access/entra/assignments/{TENANT}"), group).await;
    let listed = list(&id).await;
    assert_eq!(listed.text, list("alice").await.text);
    assert_snapshot!(listed.text.replace(guid, "GUID"), @r#"{"value":[{"kind":"teamsExtension","objectId":"GUID","tenantId":"22222222-2222-2222-2222-222222222222","principalType":"user","clientIds":["33333333-3333-3333-3333-333333333333"]},{"kind":"entra","objectId":"GUID","tenantId":"22222222-2222-2222-2222-222222222222","principalType":"group","clientIds":[]}]}"#);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_in_our_words() {
    let edge = edge();
    let id = add("{}").of(&edge).await.text_of("id");
    let long = format!(r#"{{"customId":"{}"}}"#, "x".repeat(257));
    let mut all = Vec::new();
    for body in [r#"{"name":"a"}"#, r#"{"customId":7}"#, r#"{"customId":""}"#, &long, "[]"] {
        all.push(said(&add(body).of(&edge).await));
    }
    for body in [
        "{}",
        r#"{"scopes":[]}"#,
        r#"{"scopes":["chat","pstn"]}"#,
        r#"{"scopes":[1]}"#,
        r#"{"scopes":"chat"}"#,
        r#"{"scopes":["chat"],"expiresInMinutes":59}"#,
        r#"{"scopes":["chat"],"expiresInMinutes":"60"}"#,
    ] {
        all.push(said(&give(&id, body).of(&edge).await));
    }
    all.push(said(&give("nobody", r#"{"scopes":["chat"]}"#).of(&edge).await));
    all.push(said(&ask("POST", "/emulator/identities/nobody/revoke").signed().of(&edge).await));
    all.push(said(&ask("GET", "/emulator/identities/nobody/assignments").signed().of(&edge).await));
    assert_snapshot!(all.join("\n"), @r#"
    400 {"error":{"code":"ValidationError","message":"'name' is not a member of this body. It can have: customId."}}
    400 {"error":{"code":"ValidationError","message":"'customId' must be a text, but it is a number: put it in quotes.","target":"customId"}}
    400 {"error":{"code":"ValidationError","message":"CustomId length must be within the [1, 256] interval.","target":"customId"}}
    400 {"error":{"code":"ValidationError","message":"CustomId length must be within the [1, 256] interval.","target":"customId"}}
    400 {"error":{"code":"ValidationError","message":"The request body must be a JSON object."}}
    400 {"error":{"code":"ValidationError","message":"'scopes' must be given.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"'scopes' must be a list with at least one of chat, voip, chat.join, chat.join.limited, voip.join, but it is empty.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"'scopes' must be a list with at least one of chat, voip, chat.join, chat.join.limited, voip.join, but 'pstn' is none of them.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"'scopes' must be a list with at least one of chat, voip, chat.join, chat.join.limited, voip.join, but an element is not a text.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"'scopes' must be a list with at least one of chat, voip, chat.join, chat.join.limited, voip.join, but it is a text.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"'expiresInMinutes' must be a whole number from 60 to 1440, but it is 59.","target":"expiresInMinutes"}}
    400 {"error":{"code":"ValidationError","message":"'expiresInMinutes' must be a whole number from 60 to 1440, but it is a text.","target":"expiresInMinutes"}}
    404 {"error":{"code":"IdentityNotFound","message":"Provided identity doesn't exist."}}
    404 {"error":{"code":"IdentityNotFound","message":"Provided identity doesn't exist."}}
    404 {"error":{"code":"IdentityNotFound","message":"Provided identity doesn't exist."}}
    "#);
}

#[tokio::test]
async fn a_repeated_deletion_does_not_delete_the_identity_whose_custom_id_is_that_raw_id() {
    let edge = edge();
    let deleted = add("").of(&edge).await.text_of("id");
    let other = add(&format!(r#"{{"customId":"{deleted}"}}"#)).of(&edge).await.text_of("id");
    let delete = || ask("DELETE", format!("/emulator/identities/{deleted}")).signed();
    assert_eq!([delete().of(&edge).await.status, delete().of(&edge).await.status], [204, 404]);
    assert_eq!(ask("GET", format!("/emulator/identities/{other}")).signed().of(&edge).await.status, 200);
}
