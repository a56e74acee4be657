//! The log of requests: what it tells about each request.

use std::sync::Arc;

use super::{VERSION, ask, create, edge, edge_of, management_token};
use crate::clock::machine;
use crate::config::Config;
use crate::edge::pipeline::Edge;
use crate::request_log::{Credential, Entry, Wanted};

/// Returns the last request of the log.
pub(super) fn last(edge: &Edge) -> Entry {
    let mut entries = edge.backend.requests.read(Wanted { after: None, most: 1 }, |_| true).entries;
    entries.pop().unwrap().1
}

#[tokio::test]
async fn an_entry_says_what_was_asked_and_what_was_answered() {
    let edge = edge();
    let before = machine::now();
    create().header("user-agent", "test/1").of(&edge).await;
    let entry = last(&edge);
    assert!(entry.at >= before && entry.at <= machine::now(), "{entry:?}");
    let text = format!(
        "{} {} {:?} {:?} {:?} {:?} {:?} {}",
        entry.method().unwrap(),
        entry.path().unwrap(),
        entry.version(),
        entry.agent(),
        entry.operation,
        entry.status,
        entry.credential,
        entry.peer
    );
    insta::assert_snapshot!(text, @r#"POST /identities Some("2025-03-02-preview") Some("test/1") Some("createIdentity") Some(201) PrimaryKey 127.0.0.1:40000"#);
    let id = "8%3Aacs%3Ax";
    ask("POST", format!("/identities/{id}/:revokeAccessTokens?API-Version=9")).of(&edge).await;
    let entry = last(&edge);
    let refusal = entry.refusal.clone().unwrap();
    let text = format!(
        "{} {:?} {:?} {:?} {:?} {:?} {} {:?}",
        entry.path().unwrap(),
        entry.version(),
        entry.identity(),
        entry.operation,
        entry.status,
        entry.credential,
        refusal.code,
        refusal.reason
    );
    insta::assert_snapshot!(text, @r#"/identities/8%3Aacs%3Ax/:revokeAccessTokens Some("9") Some("8:acs:x") Some("revokeAccessTokens") Some(401) None Denied Some("no Authorization header")"#);
    ask("GET", "/nowhere").signed().of(&edge).await;
    assert_eq!((last(&edge).operation, last(&edge).status), (None, Some(404)));
    ask("PUT", format!("/identities?{VERSION}")).signed().of(&edge).await;
    assert_eq!((last(&edge).operation, last(&edge).status), (None, Some(405)));
}

#[tokio::test]
async fn an_entry_names_the_identity_that_the_request_has_made() {
    let edge = Arc::new(edge_of(Config { token_endpoint: true, ..Config::in_memory() }));
    let with_token = create().body(r#"{"createTokenWithScopes":["chat"]}"#);
    for (request, id) in [
        (create(), "/identity/id"),
        (with_token, "/identity/id"),
        (ask("POST", "/identities?api-version=2020-07-20-preview2").signed(), "/id"),
        (ask("GET", "/emulator/token?user=alice"), "/user/id"),
    ] {
        let seen = request.of(&edge).await;
        let id = seen.json().pointer(id).unwrap_or_else(|| panic!("{seen:?}")).as_str().unwrap().to_owned();
        assert_eq!(last(&edge).identity(), Some(&*id));
        let found = ask("GET", format!("/emulator/requests?identity={id}")).signed().of(&edge).await.json();
        assert_eq!(found["value"].as_array().unwrap().len(), 1, "{found}");
    }
}

#[tokio::test]
async fn an_entry_names_the_identity_of_an_exchange() {
    let edge = edge();
    let (user, tenant, application) = (
        "11111111-1111-1111-1111-111111111111",
        "22222222-2222-2222-2222-222222222222",
        "33333333-3333-3333-3333-333333333333",
    );
    let assignment = format!(r#"{{"tenantId":"{tenant}","principalType":"user","clientIds":["{application}"]}}"#);
    let assigned = ask("PUT", format!("/access/entra/assignments/{user}?{VERSION}")).body(assignment).signed();
    assert!(matches!(assigned.of(&edge).await.status, 200 | 201));
    let asked = serde_json::json!({
        "oid": user, "tid": tenant, "appid": application, "scopes": ["VoIP"],
        "aud": "https://communication.azure.com/clients",
    });
    let token = ask("POST", "/emulator/entra-token").body(asked.to_string()).signed().of(&edge).await;
    let exchange = ask("POST", format!("/access/entra/:exchangeAccessToken?{VERSION}"));
    let seen = exchange.bearer(&token.text_of("access_token")).body("{}").of(&edge).await;
    let id = seen.json()["identity"]["id"].as_str().unwrap_or_else(|| panic!("{seen:?}")).to_owned();
    assert_eq!(last(&edge).identity(), Some(&*id));
}

#[tokio::test]
async fn an_identity_is_named_if_the_connection_is_dropped_after_it_was_made() {
    let edge = edge();
    ask("POST", "/emulator/faults").body(r#"{"operation":"createIdentity","drop":"after"}"#).signed().of(&edge).await;
    assert!(create().try_of(&edge).await.is_err());
    let list = ask("GET", "/emulator/identities").signed().of(&edge).await.json();
    let id = list["value"][0]["id"].as_str().unwrap().to_owned();
    let found = ask("GET", format!("/emulator/requests?identity={id}&status=dropped")).signed().of(&edge).await.json();
    assert_eq!(found["value"][0]["operation"], "createIdentity", "{found}");
}

#[tokio::test]
async fn an_entry_says_how_the_caller_has_authenticated() {
    let edge = Arc::new(edge_of(Config { control_secret: Some("s3cret".to_owned().into()), ..Config::in_memory() }));
    let token = management_token(&edge, "11111111-1111-1111-1111-111111111111").await;
    assert_eq!(last(&edge).credential, Credential::None);
    ask("POST", format!("/identities?{VERSION}")).bearer(&token).of(&edge).await;
    assert_eq!(last(&edge).credential, Credential::Entra);
    assert_eq!(last(&edge).caller(), Some("11111111-1111-1111-1111-111111111111"));
    ask("POST", "/emulator/list-keys").header("x-emulator-control", "s3cret").of(&edge).await;
    assert_eq!(last(&edge).credential, Credential::ControlSecret);
    create().of(&edge).await;
    assert_eq!(last(&edge).credential, Credential::PrimaryKey);
    let secondary = edge.backend.core.access_keys.get(crate::store::AccessSlot::Secondary);
    create().signed_with(secondary).of(&edge).await;
    assert_eq!(last(&edge).credential, Credential::SecondaryKey);
    ask("POST", "/emulator/list-keys").of(&edge).await;
    assert_eq!(last(&edge).credential, Credential::None);
}

#[tokio::test]
async fn a_refusal_whose_reason_the_client_learns_has_it_in_the_log_too() {
    let edge = edge();
    let mut said = Vec::new();
    for (target, body) in [
        (format!("/identities?{VERSION}"), r#"{"createTokenWithScopes":["caht"]}"#),
        (format!("/identities/nobody/:issueAccessToken?{VERSION}"), r#"{"scopes":["chat"]}"#),
        ("/identities".to_owned(), ""),
        ("/identities?api-version=1".to_owned(), ""),
        (format!("/identities?{VERSION}"), "{"),
    ] {
        let answer = ask("POST", target).body(body).signed().of(&edge).await;
        let refusal = last(&edge).refusal.unwrap();
        let reason = refusal.reason.unwrap();
        assert_eq!(answer.json()["error"]["message"], reason.as_str());
        said.push(format!("{} {}: {reason}", answer.status, refusal.code));
    }
    insta::assert_snapshot!(said.join("\n"), @"
    400 ValidationError: Invalid scopes - Scope 'caht' is not supported.
    401 IdentityNotOwned: Provided identity doesn't belong to the resource.
    400 ApiVersionUnspecified: An API version is required, but was not specified.
    400 UnsupportedApiVersion: The HTTP resource that matches the request URI 'https://localhost:10100/identities' does not support the API version '1'.
    400 ValidationError: The request body is not valid JSON: it ends too early, in line 1 at column 1.
    ");
}

#[tokio::test]
async fn a_reason_shows_no_key_that_the_client_has_sent_in_the_wrong_place() {
    let edge = edge();
    let key = edge.backend.core.access_keys.get(crate::store::AccessSlot::Primary).to_base64();
    let body = serde_json::json!({ "createTokenWithScopes": [key] }).to_string();
    assert_eq!(create().body(body).of(&edge).await.status, 400);
    let reason = last(&edge).refusal.unwrap().reason.unwrap();
    assert!(reason.contains("is not supported") && !reason.contains(&key), "{reason}");
}
