//! The Entra side.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{ask, create, edge, management_token};
use crate::edge::Edge;

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
async fn a_device_code_stays_good_for_the_right_client_and_tenant() {
    let edge = edge();
    let code = device_code(&edge, "tenant-a").await;
    assert_eq!(redeem(&edge, "tenant-a", "other", &code).await, (400, json!("invalid_grant")));
    assert_eq!(redeem(&edge, "tenant-b", "c", &code).await, (400, json!("invalid_grant")));
    assert_eq!(redeem(&edge, "tenant-a", "c", &code).await, (200, Value::Null));
    assert_eq!(redeem(&edge, "tenant-a", "c", &code).await, (400, json!("invalid_grant")));
    // These stand for the tenant of the user, whichever that is.
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
async fn the_address_that_a_device_code_names_is_a_page() {
    let edge = edge();
    let begun =
        ask("POST", "/common/oauth2/v2.0/devicecode").body(format!("client_id=c&scope={TEAMS}")).of(&edge).await;
    let uri = begun.text_of("verification_uri");
    let page = ask("GET", uri.strip_prefix("https://localhost:10100").unwrap()).of(&edge).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.text.contains("nothing to enter"));
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
async fn a_federated_token_is_taken_by_its_audience() {
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

#[tokio::test]
async fn an_access_token_of_a_user_is_named_where_an_entra_token_is_wanted() {
    let edge = edge();
    let created = create().body(r#"{"createTokenWithScopes":["chat"]}"#).of(&edge).await.json();
    let token = created["accessToken"]["token"].as_str().unwrap();
    let why = edge.core.check_management_token(token).unwrap().unwrap_err();
    assert!(why.contains("access token of a Communication Services user") && why.contains("Identity"), "{why}");
    let why = edge.core.check_management_token("eyJ9.e30.x").unwrap().unwrap_err();
    assert!(why.contains("no issuer that is trusted"), "{why}");
    let caller = management_token(&edge, "c").await;
    assert_eq!(edge.core.check_management_token(&caller).unwrap().unwrap().application, "c");
}

#[tokio::test]
async fn what_a_token_is_for_has_at_most_2048_bytes() {
    let edge = edge();
    let secret = edge.core.access_keys.client_secret();
    for (bytes, status) in [(2048, 200), (2049, 400)] {
        let name = "r".repeat(bytes);
        let identity =
            ask("GET", format!("/metadata/identity/oauth2/token?resource={name}")).header("metadata", "true");
        assert_eq!(identity.of(&edge).await.status, status);
        let form = format!("grant_type=client_credentials&client_id=c&client_secret={secret}&scope={name}");
        assert_eq!(ask("POST", "/t/oauth2/v2.0/token").body(form).of(&edge).await.status, status);
    }
}
