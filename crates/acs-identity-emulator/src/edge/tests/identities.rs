//! The list of identities of the control API.

use std::sync::Arc;

use insta::assert_snapshot;
use serde_json::Value;

use super::{Seen, ask, create, edge, edge_of};
use crate::config::Config;
use crate::edge::pipeline::Edge;

async fn list(edge: &Arc<Edge>, query: &str) -> Seen {
    ask("GET", format!("/emulator/identities{query}")).signed().of(edge).await
}

/// Returns the custom ids in a page.
fn custom_ids(page: &Seen) -> String {
    let ids = page.json()["value"].as_array().unwrap().clone();
    ids.iter().map(|identity| identity["customId"].as_str().unwrap_or("-")).collect::<Vec<_>>().join(" ")
}

/// Creates an identity, and returns its raw id.
async fn created(edge: &Arc<Edge>, body: &str) -> String {
    let answer = create().body(body).of(edge).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["identity"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_identity_is_shown_by_its_raw_id_and_by_its_custom_id() {
    let edge = edge();
    edge.backend.config.clock.set(time::OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap());
    let id = created(&edge, r#"{"customId":"a/b c","createTokenWithScopes":["chat"]}"#).await;
    let show = |id: &str| ask("GET", format!("/emulator/identities/{id}")).signed();
    let by_raw_id = show(&id).of(&edge).await;
    let by_custom_id = show("a%2Fb%20c").of(&edge).await;
    assert_eq!(by_raw_id.text, by_custom_id.text);
    assert_snapshot!(by_raw_id.text.replace(&id, "RAW ID"), @r#"{"id":"RAW ID","customId":"a/b c","createdAt":"2027-01-15T08:00:00+00:00","lastTokenIssuedAt":"2027-01-15T08:00:00+00:00","revoked":false,"pendingRevocationAt":null,"assignments":0}"#);
    let revoked = format!("/identities/{id}/:revokeAccessTokens?{}", super::VERSION);
    assert_eq!(ask("POST", revoked).signed().of(&edge).await.status, 204);
    assert_eq!(show(&id).of(&edge).await.json()["revoked"], true);
}

#[tokio::test]
async fn a_delayed_revocation_is_pending_until_its_time() {
    let delay = std::time::Duration::from_secs(60);
    let edge = Arc::new(edge_of(Config { revocation_delay: delay, ..Config::in_memory() }));
    edge.backend.config.clock.set(time::OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap());
    let id = created(&edge, "{}").await;
    let revoke = format!("/identities/{id}/:revokeAccessTokens?{}", super::VERSION);
    assert_eq!(ask("POST", revoke).signed().of(&edge).await.status, 204);
    let shown = async || {
        let identity = ask("GET", format!("/emulator/identities/{id}")).signed().of(&edge).await.json();
        (identity["revoked"].clone(), identity["pendingRevocationAt"].clone())
    };
    assert_eq!(shown().await, (false.into(), "2027-01-15T08:01:00+00:00".into()));
    edge.backend.config.clock.advance(time::Duration::minutes(1));
    assert_eq!(shown().await, (true.into(), Value::Null));
}

#[tokio::test]
async fn pages_follow_each_other_by_their_links() {
    let edge = edge();
    for number in 0..5 {
        created(&edge, &format!(r#"{{"customId":"é&{number}"}}"#)).await;
    }
    created(&edge, r#"{"customId":"other"}"#).await;
    let mut target = "/emulator/identities?filter=%C3%A9%26&top=2".to_owned();
    let mut pages = Vec::new();
    loop {
        let page = ask("GET", target.clone()).signed().of(&edge).await;
        pages.push(custom_ids(&page).split(' ').count());
        let Some(next) = page.json()["nextLink"].as_str().map(str::to_owned) else { break };
        target = next.strip_prefix("https://localhost:10100").unwrap().to_owned();
    }
    assert_eq!(pages, [2, 2, 1]);
    assert_eq!(custom_ids(&list(&edge, "").await).split(' ').count(), 6);
}

#[tokio::test]
async fn a_filter_is_a_part_of_the_custom_id_or_of_the_raw_id() {
    let edge = edge();
    let id = created(&edge, r#"{"customId":"Alice"}"#).await;
    created(&edge, r#"{"customId":"bob"}"#).await;
    let found = async |filter: &str| custom_ids(&list(&edge, &format!("?filter={filter}")).await);
    assert_eq!(found("LIC").await, "Alice");
    assert_eq!(found(&id).await, "Alice");
    assert_eq!(found(&id[4..].to_uppercase()).await, "Alice");
    assert_eq!(found(&id[id.len() - 20..]).await, "Alice");
    assert_eq!(found("8:acs:").await.split(' ').count(), 2);
    assert_eq!(found(&id.replace("8:acs:", "8:acs:f")).await, "");
}

#[tokio::test]
async fn a_list_that_cannot_be_answered_says_why() {
    let edge = edge();
    let mut said = Vec::new();
    let long = format!("?filter={}", "x".repeat(257));
    for query in ["?top=0", "?top=1001", "?top=x", "?filter=", "?filter=a%00b", &long, "?after=x", "/nobody"] {
        let answer = list(&edge, query).await;
        let shown = if query.len() > 100 { "a long filter" } else { query };
        said.push(format!("{shown} -> {} {}", answer.status, answer.text));
    }
    assert_snapshot!(said.join("\n"), @r#"
    ?top=0 -> 400 {"error":{"code":"ValidationError","message":"top must be a number from 1 to 1000, but it is '0'.","target":"top"}}
    ?top=1001 -> 400 {"error":{"code":"ValidationError","message":"top must be a number from 1 to 1000, but it is '1001'.","target":"top"}}
    ?top=x -> 400 {"error":{"code":"ValidationError","message":"top must be a number from 1 to 1000, but it is 'x'.","target":"top"}}
    ?filter= -> 400 {"error":{"code":"ValidationError","message":"filter must have from 1 to 256 characters.","target":"filter"}}
    ?filter=a%00b -> 400 {"error":{"code":"ValidationError","message":"filter must not contain the character U+0000.","target":"filter"}}
    a long filter -> 400 {"error":{"code":"ValidationError","message":"filter must have from 1 to 256 characters.","target":"filter"}}
    ?after=x -> 400 {"error":{"code":"ValidationError","message":"after must be taken from a nextLink.","target":"after"}}
    /nobody -> 404 {"error":{"code":"IdentityNotFound","message":"Provided identity doesn't exist."}}
    "#);
}
