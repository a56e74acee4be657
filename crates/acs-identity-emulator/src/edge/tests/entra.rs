//! The Entra endpoints.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{ask, create, edge, management_token};
use crate::edge::http::error::{HttpError, Note};
use crate::edge::pipeline::Edge;
use crate::store::block_on;

const TEAMS: &str = "https://auth.msft.communication.azure.com/Teams.ManageCalls";

async fn device_code(edge: &Arc<Edge>, tenant: &str) -> String {
    let form = format!("client_id=c&scope={TEAMS}");
    ask("POST", format!("/{tenant}/oauth2/v2.0/devicecode")).body(form).of(edge).await.text_of("device_code")
}

async fn redeem(edge: &Arc<Edge>, tenant: &str, client: &str, code: &str) -> (u16, Value) {
    let form = format!("grant_type=device_code&client_id={client}&device_code={code}");
    let answer = ask("POST", format!("/{tenant}/oauth2/v2.0/token")).body(form).of(edge).await;
    (answer.status, answer.json()["error"].clone())
}

#[tokio::test]
async fn a_device_code_can_be_redeemed_by_the_right_client_and_tenant_only() {
    let edge = edge();
    let code = device_code(&edge, "tenant-a").await;
    assert_eq!(redeem(&edge, "tenant-a", "other", &code).await, (400, json!("invalid_grant")));
    assert_eq!(redeem(&edge, "tenant-b", "c", &code).await, (400, json!("invalid_grant")));
    assert_eq!(redeem(&edge, "tenant-a", "c", &code).await, (200, Value::Null));
    assert_eq!(redeem(&edge, "tenant-a", "c", &code).await, (400, json!("invalid_grant")));
    // `common` stands for the tenant of the user.
    let code = device_code(&edge, "common").await;
    assert_eq!(redeem(&edge, "tenant-b", "c", &code).await, (200, Value::Null));
}

#[tokio::test]
async fn a_device_code_needs_a_scope() {
    let edge = edge();
    for form in ["client_id=c", "client_id=c&scope="] {
        let answer = ask("POST", "/common/oauth2/v2.0/devicecode").body(form).of(&edge).await;
        assert_eq!((answer.status, answer.text_of("error").as_str()), (400, "invalid_request"), "{form}");
        assert!(answer.text_of("error_description").contains("'scope'"));
    }
    for form in [format!("client_id=c&scope={}", "s".repeat(2049)), format!("client_id={}&scope=s", "c".repeat(129))] {
        assert_eq!(ask("POST", "/common/oauth2/v2.0/devicecode").body(form).of(&edge).await.status, 400);
    }
}

#[tokio::test]
async fn the_verification_uri_of_a_device_code_is_a_page() {
    let edge = edge();
    let begun =
        ask("POST", "/common/oauth2/v2.0/devicecode").body(format!("client_id=c&scope={TEAMS}")).of(&edge).await;
    let uri = begun.text_of("verification_uri");
    let page = ask("GET", uri.strip_prefix("https://localhost:10100").unwrap()).of(&edge).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.text.contains("No code has to be entered"));
}

#[tokio::test]
async fn entra_tokens_live_for_a_day_at_most() {
    let edge = edge();
    for (seconds, status) in [(86_400, 200), (86_401, 400), (-86_400, 200), (-86_401, 400), (31_536_000, 400)] {
        let body = json!({"oid": "o", "appid": "a", "expiresIn": seconds}).to_string();
        assert_eq!(
            ask("POST", "/emulator/entra-token").body(body).signed().of(&edge).await.status,
            status,
            "{seconds}"
        );
    }
}

#[tokio::test]
async fn a_permission_for_another_resource_does_not_count() {
    let edge = edge();
    let (user, app) = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222");
    for (scopes, status) in [
        (json!(["Teams.ManageCalls", "Teams.ManageChats"]), 200),
        (json!([TEAMS, "https://auth.msft.communication.azure.com/Teams.ManageChats"]), 200),
        (json!(["1fd5118e-2576-4263-8130-9503064c837a/Teams.ManageCalls", "Teams.ManageChats"]), 200),
        (json!([TEAMS, "https://graph.microsoft.com/Teams.ManageChats"]), 401),
    ] {
        let body = json!({"oid": user, "appid": app, "scopes": scopes}).to_string();
        let token = ask("POST", "/emulator/entra-token").body(body).signed().of(&edge).await.text_of("access_token");
        let body = json!({"token": token, "appId": app, "userId": user}).to_string();
        let exchange = ask("POST", "/teamsUser/:exchangeAccessToken?api-version=2023-10-01").body(body).signed();
        assert_eq!(exchange.of(&edge).await.status, status, "{scopes}");
    }
}

#[tokio::test]
async fn a_federated_token_needs_the_audience_of_token_exchange() {
    let edge = edge();
    let assertion = |audience: &'static str| {
        let edge = Arc::clone(&edge);
        async move {
            let target = format!("/metadata/identity/oauth2/token?resource={audience}");
            let token = ask("GET", target).header("metadata", "true").of(&edge).await.text_of("access_token");
            let form = format!("grant_type=client_credentials&client_id=c&client_assertion={token}&scope=r/.default");
            ask("POST", "/t/oauth2/v2.0/token").body(form).of(&edge).await.status
        }
    };
    assert_eq!(assertion("api://AzureADTokenExchange").await, 200);
    assert_eq!(assertion("https://communication.azure.com/").await, 401);
}

/// Returns the line of the log about a token that does not authenticate a management call.
fn why_refused(edge: &Edge, token: &str) -> String {
    let error = HttpError::from(block_on(edge.backend.core.entra_tokens.management_caller(token)).unwrap_err());
    assert_eq!((error.status, error.message.as_str()), (401, "Denied by the resource provider."));
    let Some(Note::Request(why)) = error.note else { panic!("{error:?}") };
    why
}

#[tokio::test]
async fn the_log_says_that_an_access_token_was_sent_in_place_of_an_entra_token() {
    let edge = edge();
    let created = create().body(r#"{"createTokenWithScopes":["chat"]}"#).of(&edge).await.json();
    let token = created["accessToken"]["token"].as_str().unwrap();
    let why = why_refused(&edge, token);
    assert!(why.contains("access token of a Communication Services user") && why.contains("Identity"), "{why}");
    let why = why_refused(&edge, "eyJ9.e30.x");
    assert!(why.contains("not signed by a trusted issuer"), "{why}");
    let caller = management_token(&edge, "c").await;
    assert_eq!(edge.backend.core.entra_tokens.management_caller(&caller).await.unwrap().application, "c");
}

/// The OpenAPI document and the checks must have the same limits.
#[tokio::test]
async fn the_lifetimes_of_entra_tokens_are_as_described() {
    let edge = edge();
    let document = ask("GET", "/openapi.json").of(&edge).await.json();
    let schema = &document["components"]["schemas"]["EntraTokenRequest"]["properties"]["expiresIn"];
    let (least, most) = (schema["minimum"].as_i64().unwrap(), schema["maximum"].as_i64().unwrap());
    for (seconds, status) in [(least - 1, 400), (least, 200), (most, 200), (most + 1, 400)] {
        let body = format!(r#"{{"oid":"a","appid":"b","expiresIn":{seconds}}}"#);
        let made = ask("POST", "/emulator/entra-token").body(body).signed().of(&edge).await;
        assert_eq!(made.status, status, "{seconds}");
    }
}

async fn regenerate(edge: &Arc<Edge>, slot: &str) {
    let body = json!({"keyType": slot}).to_string();
    assert_eq!(ask("POST", "/emulator/regenerate-key").body(body).signed().of(edge).await.status, 200);
}

async fn by_secret(edge: &Arc<Edge>, audience: &str) -> String {
    let secret = edge.backend.core.access_keys.client_secret();
    let form = format!("grant_type=client_credentials&client_id=c&client_secret={secret}&scope={audience}/.default");
    ask("POST", "/t/oauth2/v2.0/token").body(form).of(edge).await.text_of("access_token")
}

#[tokio::test]
async fn a_token_becomes_invalid_with_the_access_key_that_requested_it() {
    const RESOURCE: &str = "https://communication.azure.com/";
    let edge = edge();
    let is_good = |token: &str| block_on(edge.backend.core.entra_tokens.management_caller(token)).is_ok();
    let by_client_secret = by_secret(&edge, RESOURCE).await;
    let by_identity_header = ask("GET", format!("/msi/token?resource={RESOURCE}"))
        .header("x-identity-header", edge.backend.core.access_keys.identity_header());
    let by_identity_header = by_identity_header.of(&edge).await.text_of("access_token");
    let body = json!({"oid": "o", "appid": "a", "aud": RESOURCE}).to_string();
    let by_signature = ask("POST", "/emulator/entra-token").body(body).signed().of(&edge).await.text_of("access_token");
    let assertion = by_secret(&edge, "api://AzureADTokenExchange").await;
    let exchange = |assertion: &str| {
        let form =
            format!("grant_type=client_credentials&client_id=c&client_assertion={assertion}&scope={RESOURCE}/.default");
        ask("POST", "/t/oauth2/v2.0/token").body(form)
    };
    let by_assertion = exchange(&assertion).of(&edge).await.text_of("access_token");
    let of_this_machine = management_token(&edge, "c").await;
    let of_the_key = [by_client_secret, by_identity_header, by_signature, by_assertion];
    regenerate(&edge, "Secondary").await;
    assert!(of_the_key.iter().all(|token| is_good(token)), "the other key");
    regenerate(&edge, "Primary").await;
    assert!(!of_the_key.iter().any(|token| is_good(token)));
    assert_eq!(
        why_refused(&edge, &of_the_key[0]),
        "the Entra token: the access key with which it was requested was regenerated"
    );
    assert_eq!(exchange(&assertion).of(&edge).await.status, 401);
    assert!(is_good(&of_this_machine), "it was got without a key");
    assert!(is_good(&by_secret(&edge, RESOURCE).await));
}

#[tokio::test]
async fn the_resource_of_a_token_has_at_most_2048_bytes() {
    let edge = edge();
    let secret = edge.backend.core.access_keys.client_secret();
    for (bytes, status) in [(2048, 200), (2049, 400)] {
        let name = "r".repeat(bytes);
        let identity =
            ask("GET", format!("/metadata/identity/oauth2/token?resource={name}")).header("metadata", "true");
        assert_eq!(identity.of(&edge).await.status, status);
        let form = format!("grant_type=client_credentials&client_id=c&client_secret={secret}&scope={name}");
        assert_eq!(ask("POST", "/t/oauth2/v2.0/token").body(form).of(&edge).await.status, status);
    }
}
