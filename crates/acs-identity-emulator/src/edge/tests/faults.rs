//! Faults: what happens to a request that a rule hits, and which requests are never hit.

use std::sync::Arc;

use acs_identity_protocol::jwt::UnverifiedJwt;
use acs_identity_protocol::time::parse_http_date;
use serde_json::Value;

use super::{Ask, Seen, VERSION, ask, create, edge, management_token};
use crate::clock::machine;
use crate::edge::pipeline::Edge;
use crate::request_log::Wanted;

async fn add(edge: &Arc<Edge>, rule: &str) -> Seen {
    ask("POST", "/emulator/faults").body(rule).signed().of(edge).await
}

/// Makes an emulator with a rule.
async fn with(rule: &str) -> Arc<Edge> {
    let edge = edge();
    let added = add(&edge, rule).await;
    assert_eq!(added.status, 201, "{added:?}");
    edge
}

fn create_alice() -> Ask {
    create().body(r#"{"customId":"alice","createTokenWithScopes":["chat"]}"#)
}

/// Returns whether Alice has got a token before.
async fn had_token(edge: &Arc<Edge>) -> bool {
    assert_eq!(ask("DELETE", "/emulator/faults").signed().of(edge).await.status, 204);
    let found = create().body(r#"{"customId":"alice"}"#).of(edge).await.json();
    found["identity"]["lastTokenIssuedAt"] != Value::Null
}

#[tokio::test]
async fn an_error_answers_the_request_instead_of_the_operation() {
    let edge = with(r#"{"operation":"createIdentity","status":429,"retryAfter":2,"times":1}"#).await;
    let refused = create_alice().of(&edge).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("2")));
    insta::assert_snapshot!(refused.text, @r#"{"error":{"code":"TooManyRequests","message":"The emulator was told to answer with this error."}}"#);
    assert!(!had_token(&edge).await);
    assert_eq!(create_alice().of(&edge).await.status, 201);
    let edge = with(r#"{"status":418,"code":"Teapot","message":"It is short and stout."}"#).await;
    insta::assert_snapshot!(create_alice().of(&edge).await.text, @r#"{"error":{"code":"Teapot","message":"It is short and stout."}}"#);
}

#[tokio::test]
async fn a_connection_can_end_before_and_after_the_operation() {
    for (drop, executed) in [("before", false), ("after", true)] {
        let edge = with(&format!(r#"{{"drop":"{drop}"}}"#)).await;
        assert!(create_alice().try_of(&edge).await.is_err(), "{drop}");
        let entry = edge.backend.requests.read(Wanted { after: None, most: 1 }, |_| true).entries.remove(0).1;
        assert_eq!((entry.status, entry.fault), (None, Some(1)));
        assert_eq!(had_token(&edge).await, executed, "{drop}");
    }
}

#[tokio::test]
async fn a_body_can_end_too_early() {
    use http_body_util::BodyExt as _;
    use hyper::body::Body as _;
    let edge = with(r#"{"truncateBodyAt":10}"#).await;
    let request = create_alice();
    let sent = request.with(http_body_util::Full::new(request.body.clone().into()));
    let response = Arc::clone(&edge).handle(sent, request.connection()).await.unwrap();
    let stated = response.body().size_hint().exact().unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(&body[..], br#"{"identity"#.get(..10).unwrap());
    assert!(stated > 500, "{stated}");
    // A body that is shorter is whole.
    let edge = with(r#"{"truncateBodyAt":100000}"#).await;
    assert_eq!(create_alice().of(&edge).await.status, 201);
}

#[tokio::test]
async fn a_delay_makes_the_request_wait() {
    let edge = with(r#"{"delayMilliseconds":60,"operation":"createIdentity"}"#).await;
    let began = machine::instant();
    assert_eq!(create_alice().of(&edge).await.status, 201);
    assert!(machine::since(began).as_millis() >= 60);
}

/// Returns how many seconds after now the token of an answer was issued, and when it expires.
fn times(answer: &Seen) -> (i64, i64) {
    let token = answer.json()["accessToken"]["token"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
    let jwt = UnverifiedJwt::decode(&token).unwrap();
    let now = machine::now().unix_timestamp();
    let claim = |name: &str| jwt.claim_seconds(name).unwrap() - now;
    (claim("iat"), claim("exp"))
}

#[tokio::test]
async fn a_token_can_have_expired_or_be_about_to_expire() {
    for (seconds, active) in [(30, true), (-5, false)] {
        let edge = with(&format!(r#"{{"tokenExpiresInSeconds":{seconds}}}"#)).await;
        let answer = create_alice().of(&edge).await;
        let (issued, expires) = times(&answer);
        assert!((seconds - 2..=seconds).contains(&expires), "{expires}");
        assert_eq!(issued, expires - 86_400);
        let stated = answer.json()["accessToken"]["expiresOn"].as_str().unwrap().to_owned();
        let stated = acs_identity_protocol::time::parse_iso(&stated).unwrap();
        assert!((stated - machine::now()).whole_seconds() <= seconds);
        let token = answer.json()["accessToken"]["token"].as_str().unwrap().to_owned();
        let seen = ask("POST", "/introspect").body(format!("token={token}")).signed().of(&edge).await.json();
        assert_eq!(seen["active"], active, "{seen}");
    }
}

#[tokio::test]
async fn the_date_and_the_times_of_a_token_can_be_those_of_a_wrong_clock() {
    let edge = with(r#"{"shiftSeconds":-7200}"#).await;
    let answer = create_alice().of(&edge).await;
    let date = parse_http_date(answer.header("date").unwrap()).unwrap();
    let ahead = (date - machine::now()).whole_seconds();
    assert!((-7202..=-7199).contains(&ahead), "{ahead}");
    let (issued, expires) = times(&answer);
    assert!((-7202..=-7200).contains(&issued), "{issued}");
    assert_eq!(expires - issued, 86_400);
}

#[tokio::test]
async fn requests_that_do_not_authenticate_use_up_no_times() {
    let edge = with(r#"{"status":503,"times":1}"#).await;
    let unsigned = ask("POST", format!("/identities?{VERSION}"));
    assert_eq!(unsigned.clone().of(&edge).await.status, 401);
    assert_eq!(create().of(&edge).await.status, 503);
    assert_eq!(create().of(&edge).await.status, 201);
    let edge = with(r#"{"status":503,"times":1,"includeUnauthenticated":true}"#).await;
    assert_eq!(unsigned.clone().of(&edge).await.status, 503);
    assert_eq!(unsigned.of(&edge).await.status, 401);
}

#[tokio::test]
async fn a_rule_can_be_for_an_identity_by_either_of_its_ids() {
    let edge = edge();
    let alice = create_alice().of(&edge).await.json()["identity"]["id"].as_str().unwrap().to_owned();
    let other = create().of(&edge).await.json()["identity"]["id"].as_str().unwrap().to_owned();
    let issue = |id: &str| {
        ask("POST", format!("/identities/{id}/:issueAccessToken?{VERSION}")).body(r#"{"scopes":["chat"]}"#).signed()
    };
    for identity in [alice.as_str(), "alice"] {
        add(&edge, &format!(r#"{{"identity":"{identity}","status":500}}"#)).await;
        assert_eq!(issue(&alice).of(&edge).await.status, 500, "{identity}");
        assert_eq!(issue(&other).of(&edge).await.status, 200, "{identity}");
        ask("DELETE", "/emulator/faults").signed().of(&edge).await;
    }
    // A creation has the custom id in its body.
    add(&edge, r#"{"identity":"alice","status":500}"#).await;
    assert_eq!(create_alice().of(&edge).await.status, 500);
    assert_eq!(create().body(r#"{"customId":"bob"}"#).of(&edge).await.status, 201);
}

#[tokio::test]
async fn endpoints_that_steer_and_watch_are_never_hit() {
    let edge = with(r#"{"status":500,"includeUnauthenticated":true}"#).await;
    for path in ["/health", "/health/live", "/emulator/", "/emulator/ca.pem"] {
        assert_eq!(ask("GET", path).of(&edge).await.status, 200, "{path}");
    }
    for path in ["/emulator/faults", "/emulator/requests"] {
        assert_eq!(ask("GET", path).signed().of(&edge).await.status, 200, "{path}");
    }
    assert_eq!(ask("GET", "/.well-known/jwks.json").of(&edge).await.status, 500);
    assert_eq!(ask("GET", "/nowhere").of(&edge).await.status, 500);
}

#[tokio::test]
async fn entra_tokens_and_exchanges_are_hit_by_their_operations() {
    let edge = with(r#"{"operation":"managedIdentityToken","status":500,"times":1}"#).await;
    let ask_token = ask("GET", "/metadata/identity/oauth2/token?resource=r").header("metadata", "true");
    assert_eq!(ask_token.of(&edge).await.status, 500);
    management_token(&edge, "c").await;
}

#[tokio::test]
async fn rules_are_added_listed_and_deleted() {
    let edge = edge();
    let added = add(&edge, r#"{"operation":"issueAccessToken","status":429,"times":3,"until":"2030-01-01T00:00:00Z"}"#);
    insta::assert_snapshot!(added.await.text, @r#"{"id":"1","operation":"issueAccessToken","status":429,"times":3,"until":"2030-01-01T00:00:00.0000000+00:00","hits":0}"#);
    add(&edge, r#"{"delayMilliseconds":5,"every":2}"#).await;
    create().of(&edge).await;
    create().of(&edge).await;
    let list = ask("GET", "/emulator/faults").signed().of(&edge).await;
    insta::assert_snapshot!(list.text, @r#"{"value":[{"id":"1","operation":"issueAccessToken","status":429,"times":3,"until":"2030-01-01T00:00:00.0000000+00:00","hits":0},{"id":"2","every":2,"delayMilliseconds":5,"hits":1}]}"#);
    let one = |method, id: &str| ask(method, format!("/emulator/faults/{id}")).signed();
    insta::assert_snapshot!(one("GET", "2").of(&edge).await.text, @r#"{"id":"2","every":2,"delayMilliseconds":5,"hits":1}"#);
    assert_eq!(one("DELETE", "2").of(&edge).await.status, 204);
    assert_eq!(one("DELETE", "2").of(&edge).await.status, 404);
    insta::assert_snapshot!(one("GET", "x").of(&edge).await.text, @r#"{"error":{"code":"FaultNotFound","message":"There is no fault 'x'."}}"#);
}

#[tokio::test]
async fn a_fault_of_tokens_is_not_used_up_by_requests_that_get_no_token() {
    for rule in [
        r#"{"tokenExpiresInSeconds":30,"times":1}"#,
        r#"{"tokenExpiresInSeconds":30,"times":1,"includeUnauthenticated":true}"#,
    ] {
        let edge = with(rule).await;
        assert_eq!(create().body(r#"{"customId":"bob"}"#).of(&edge).await.status, 201);
        assert_eq!(ask("GET", "/.well-known/jwks.json").of(&edge).await.status, 200);
        let (_, expires) = times(&create_alice().of(&edge).await);
        assert!((28..=30).contains(&expires), "{expires}");
        let (_, expires) = times(&create_alice().of(&edge).await);
        assert!(expires > 80_000, "{expires}");
    }
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused() {
    let edge = edge();
    let mut said = Vec::new();
    for rule in [
        "{}",
        "[]",
        "{",
        r#"{"status":"429"}"#,
        r#"{"status":200}"#,
        r#"{"status":429,"retryAfter":"2s"}"#,
        r#"{"status":429,"until":null}"#,
        r#"{"status":429,"message":7}"#,
        r#"{"status":429,"nonsense":1}"#,
        r#"{"drop":"never"}"#,
        r#"{"status":429,"every":0}"#,
        r#"{"status":429,"operation":"issue"}"#,
        r#"{"status":429,"method":"FOO"}"#,
    ] {
        let answer = add(&edge, rule).await;
        assert_eq!(answer.status, 400, "{rule}");
        said.push(answer.text);
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    {"error":{"code":"ValidationError","message":"'status' must be given, or one of drop, truncateBodyAt, delayMilliseconds, tokenExpiresInSeconds and shiftSeconds.","target":"status"}}
    {"error":{"code":"ValidationError","message":"The request body must be a JSON object."}}
    {"error":{"code":"ValidationError","message":"The request body is not valid JSON: it ends too early, in line 1 at column 1."}}
    {"error":{"code":"ValidationError","message":"'status' must be a status from 400 to 599, but it is a text.","target":"status"}}
    {"error":{"code":"ValidationError","message":"'status' must be a status from 400 to 599, but it is 200.","target":"status"}}
    {"error":{"code":"ValidationError","message":"'retryAfter' must be a whole number that is not negative, but it is a text.","target":"retryAfter"}}
    {"error":{"code":"ValidationError","message":"'until' must be a text, but it is null.","target":"until"}}
    {"error":{"code":"ValidationError","message":"'message' must be a text, but it is a number: put it in quotes.","target":"message"}}
    {"error":{"code":"ValidationError","message":"'nonsense' is not a member of this body. It can have: operation, method, path, identity, every, probability, seed, status, code, message, retryAfter, delayMilliseconds, drop, truncateBodyAt, tokenExpiresInSeconds, shiftSeconds, times, until, includeUnauthenticated."}}
    {"error":{"code":"ValidationError","message":"'drop' must be before or after, but it is 'never'.","target":"drop"}}
    {"error":{"code":"ValidationError","message":"'every' must be at least 1.","target":"every"}}
    {"error":{"code":"ValidationError","message":"'operation' must be one of createIdentity, deleteEntraAssignment, deleteIdentity, deleteTeamsExtensionAssignment, describe, deviceCode, deviceLoginPage, entraKeys, entraMetadata, exchangeEntraAccessToken, exchangeTeamsExtensionAccessToken, exchangeTeamsUserAccessToken, getEntraAssignment, getFrontEndToken, getIdentity, getTeamsExtensionAssignment, introspect, issueAccessToken, issueTokenPreview, listEntraAssignments, managedIdentityToken, oauthToken, patchEntraAssignments, putEntraAssignment, putTeamsExtensionAssignment, revokeAccessTokens, tokenKeys, tokenMetadata, updateIdentity, but it is 'issue'.","target":"operation"}}
    {"error":{"code":"ValidationError","message":"'method' must be one of GET, POST, PUT, PATCH, DELETE, HEAD, but it is 'FOO'.","target":"method"}}
    "#);
}
