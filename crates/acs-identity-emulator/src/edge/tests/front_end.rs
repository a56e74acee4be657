//! The token endpoint for web pages in development.

use std::sync::Arc;

use super::{Ask, ELSEWHERE, ask, create, edge, edge_of};
use crate::config::Config;
use crate::edge::pipeline::Edge;

fn on(cors_origins: &[&str]) -> Arc<Edge> {
    let cors_origins = cors_origins.iter().map(|origin| (*origin).to_owned()).collect();
    Arc::new(edge_of(Config { token_endpoint: true, cors_origins, ..Config::in_memory() }))
}

fn token(query: &str) -> Ask {
    ask("GET", format!("/emulator/token{query}"))
}

#[tokio::test]
async fn it_is_off_by_default() {
    let edge = edge();
    let seen = token("?user=ann").of(&edge).await;
    insta::assert_snapshot!(format!("{} {}", seen.status, seen.text), @r#"404 {"error":{"code":"NotFound","message":"The token endpoint is off. Start the emulator with --token-endpoint."}}"#);
    assert!(!ask("GET", "/emulator/").of(&edge).await.text.contains("/emulator/token"));
    assert!(ask("GET", "/emulator/").of(&on(&[])).await.text.contains("/emulator/token"));
}

#[tokio::test]
async fn the_first_call_for_a_user_makes_its_identity_and_later_calls_find_it() {
    let edge = on(&[]);
    let first = token("?user=ann&scope=chat,voip").of(&edge).await;
    assert_eq!((first.status, first.header("cache-control")), (200, Some("no-store")), "{first:?}");
    let again = token("?user=ann&scope=chat").of(&edge).await.json();
    assert_eq!(first.json()["user"], again["user"]);
    assert_ne!(first.json()["user"], token("?user=ben").of(&edge).await.json()["user"]);
    // It is the identity with that custom id.
    let created = create().body(r#"{"customId":"ann"}"#).of(&edge).await.json();
    assert_eq!(created["identity"]["id"], again["user"]["id"]);
    for (body, scope) in [(first.json(), "chat voip"), (again, "chat")] {
        let form = format!("token={}", body["token"].as_str().unwrap());
        let introspected = ask("POST", "/introspect").body(form).signed().of(&edge).await.json();
        assert_eq!((introspected["scope"].as_str(), &introspected["sub"]), (Some(scope), &body["user"]["id"]));
        assert!(body["expiresOn"].as_str().unwrap().ends_with("+00:00"), "{body}");
    }
}

#[tokio::test]
async fn a_request_without_a_user_or_with_an_unknown_scope_is_refused() {
    let edge = on(&[]);
    let mut said = String::new();
    let scopes = ["sms", "", "chat,", "chat%20voip"].map(|scope| format!("?user=ann&scope={scope}"));
    for query in ["", "?user="].into_iter().chain(scopes.iter().map(String::as_str)) {
        let seen = token(query).of(&edge).await;
        said += &format!("{} {}\n", seen.status, seen.text);
    }
    let long = token(&format!("?user={}", "a".repeat(257))).of(&edge).await;
    said += &format!("{} {}\n", long.status, long.text);
    insta::assert_snapshot!(said, @r#"
    400 {"error":{"code":"ValidationError","message":"The query must name a user: /emulator/token?user=NAME&scope=chat,voip","target":"user"}}
    400 {"error":{"code":"ValidationError","message":"The query must name a user: /emulator/token?user=NAME&scope=chat,voip","target":"user"}}
    400 {"error":{"code":"ValidationError","message":"Invalid scopes - Scope 'sms' is not supported.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"Invalid scopes - Scope '' is not supported.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"Invalid scopes - Scope '' is not supported.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"Invalid scopes - Scope 'chat voip' is not supported.","target":"scopes"}}
    400 {"error":{"code":"ValidationError","message":"CustomId length must be within the [1, 256] interval.","target":"customId"}}
    "#);
}

#[tokio::test]
async fn only_pages_of_allowed_origins_on_this_machine_get_a_token() {
    let edge = on(&["https://app.example"]);
    let user = || token("?user=ann");
    let page = |origin: &str| user().header("origin", origin);
    for request in [
        user(),
        user().header("sec-fetch-site", "none"),
        user().header("sec-fetch-site", "same-origin"),
        page("http://localhost:3000").header("sec-fetch-site", "same-site"),
        // The browser takes another scheme or loopback name for another site.
        page("http://127.0.0.1:3000").header("sec-fetch-site", "cross-site"),
        page("https://app.example").header("sec-fetch-site", "cross-site"),
    ] {
        let seen = request.of(&edge).await;
        assert_eq!(seen.status, 200, "{seen:?}");
    }
    for refused in [
        user().from(ELSEWHERE),
        user().header("x-forwarded-for", "10.0.0.1"),
        user().host("evil.example"),
        user().header("sec-fetch-site", "cross-site"),
        user().header("sec-fetch-site", "same-site"),
        page("https://evil.example").header("sec-fetch-site", "cross-site"),
        page("null"),
    ] {
        let seen = refused.of(&edge).await;
        assert_eq!((seen.status, seen.code().as_str()), (403, "Forbidden"), "{seen:?}");
        assert_eq!(seen.header("access-control-allow-origin"), None);
    }
    let allowed = page("https://app.example").of(&edge).await;
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://app.example"));
    insta::assert_snapshot!(page("https://evil.example").of(&edge).await.text, @r#"{"error":{"code":"Forbidden","message":"This endpoint gives tokens without a credential, so it answers only web pages on this machine and pages of the origins of --allow-origin (Origin, Sec-Fetch-Site)."}}"#);
    insta::assert_snapshot!(user().from(ELSEWHERE).of(&edge).await.text, @r#"{"error":{"code":"Forbidden","message":"This endpoint gives tokens without a credential, so it answers only clients on the emulator's machine."}}"#);
}

#[tokio::test]
async fn at_most_1000_identities_are_made() {
    let edge = on(&[]);
    for number in 0..1000 {
        assert_eq!(token(&format!("?user=u{number}")).of(&edge).await.status, 200);
    }
    let seen = token("?user=another").of(&edge).await;
    insta::assert_snapshot!(format!("{} {}", seen.status, seen.text), @r#"403 {"error":{"code":"TooManyIdentities","message":"The token endpoint has made 1000 identities, and makes no more. Name an existing user, or empty the emulator: POST /emulator/reset."}}"#);
    assert_eq!(token("?user=u7").of(&edge).await.status, 200);
    ask("POST", "/emulator/reset").signed().of(&edge).await;
    assert_eq!(token("?user=another").of(&edge).await.status, 200);
}
