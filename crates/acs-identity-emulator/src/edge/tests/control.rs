//! The callers of the control endpoints, and the public endpoints.

use std::sync::Arc;

use acs_identity_protocol::AccessKey;
use serde_json::Value;

use super::{Ask, ELSEWHERE, ask, edge, edge_of, management_token};
use crate::config::{Config, TrustedIssuer};
use crate::core::DEFAULT_TENANT;
use crate::edge::pipeline::Edge;

const ADMIN: &str = "aaaaaaaa-0000-0000-0000-000000000001";
const OTHER: &str = "bbbbbbbb-0000-0000-0000-000000000002";

fn control() -> [Ask; 5] {
    [
        ask("GET", "/emulator/status"),
        ask("POST", "/emulator/reset"),
        ask("POST", "/emulator/list-keys"),
        ask("POST", "/emulator/regenerate-key").body(r#"{"keyType":"Secondary"}"#),
        ask("POST", "/emulator/entra-token").body(r#"{"oid":"o","appid":"a"}"#),
    ]
}

#[tokio::test]
async fn a_token_of_our_issuer_may_not_call_the_control_endpoints() {
    let edge = Arc::new(edge_of(Config { entra_admins: vec![ADMIN.into()], ..Config::in_memory() }));
    let token = management_token(&edge, ADMIN).await;
    // The service accepts it.
    let created = ask("POST", "/identities?api-version=2023-10-01").bearer(&token).of(&edge).await;
    assert_eq!(created.status, 201);
    for request in control() {
        let answer = request.clone().bearer(&token).of(&edge).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "Forbidden"), "{}", request.target);
        assert_eq!(request.clone().of(&edge).await.status, 401);
        assert_eq!(request.signed().of(&edge).await.status, 200);
    }
}

#[tokio::test]
async fn the_control_secret_authenticates_calls_of_the_control_endpoints_only() {
    let edge = Arc::new(edge_of(Config { control_secret: Some("s3cret".to_owned().into()), ..Config::in_memory() }));
    for request in control() {
        let with = |secret: &str| request.clone().header("x-emulator-control", secret);
        assert_eq!(with("s3cret").from(ELSEWHERE).of(&edge).await.status, 200, "{}", request.target);
        assert_eq!(request.clone().bearer("s3cret").from(ELSEWHERE).of(&edge).await.status, 200);
        for wrong in ["s3cre", "s3creT", "s3crett", ""] {
            assert_eq!(with(wrong).of(&edge).await.status, 401, "{wrong}");
            assert_eq!(request.clone().bearer(wrong).of(&edge).await.status, 401, "{wrong}");
        }
    }
    let service = ask("POST", "/identities?api-version=2023-10-01").header("x-emulator-control", "s3cret");
    assert_eq!(service.of(&edge).await.status, 401);
    let service = ask("POST", "/identities?api-version=2023-10-01").bearer("s3cret");
    assert_eq!(service.of(&edge).await.status, 401);
    // Without a configured secret, every secret is wrong.
    for secret in ["", "s3cret"] {
        let answer = ask("POST", "/emulator/list-keys").header("x-emulator-control", secret).of(&super::edge()).await;
        assert_eq!(answer.status, 401);
    }
    assert!(!format!("{:?}", edge.backend.config).contains("s3cret"));
}

/// Makes an edge that trusts the issuer of another one.
async fn trusting(issuer: &Arc<Edge>) -> Arc<Edge> {
    let keys = ask("GET", "/common/discovery/v2.0/keys").of(issuer).await.json();
    let issuer = TrustedIssuer { issuer: "https://localhost:10100/{tenantid}/v2.0".into(), jwks: keys };
    let admin = format!("{DEFAULT_TENANT}/{ADMIN}").to_uppercase();
    Arc::new(edge_of(Config { issuers: vec![issuer], entra_admins: vec![admin], ..Config::in_memory() }))
}

#[tokio::test]
async fn only_named_entra_callers_may_list_and_regenerate_keys() {
    let issuer = edge();
    let edge = trusting(&issuer).await;
    let (admin, other) = (management_token(&issuer, ADMIN).await, management_token(&issuer, OTHER).await);
    let [_, _, list, regenerate, entra_token] = control();
    assert_eq!(list.clone().bearer(&admin).of(&edge).await.status, 200);
    assert_eq!(regenerate.clone().bearer(&admin).of(&edge).await.status, 200);
    assert_eq!(entra_token.bearer(&admin).of(&edge).await.status, 403);
    assert_eq!(list.clone().bearer(&other).of(&edge).await.status, 403);
    assert_eq!(regenerate.bearer(&other).of(&edge).await.status, 403);
    // A token of a user of the application does not count as a token of the application.
    let body = format!(r#"{{"oid":"o","appid":"{ADMIN}","aud":"https://communication.azure.com/"}}"#);
    let user = ask("POST", "/emulator/entra-token").body(body).signed().of(&issuer).await.text_of("access_token");
    assert_eq!(list.clone().bearer(&user).of(&edge).await.status, 403);
    assert_eq!(ask("POST", "/identities?api-version=2023-10-01").bearer(&user).of(&edge).await.status, 201);
    // A token for another audience does not authenticate its caller.
    let target = format!("/metadata/identity/oauth2/token?resource=https://vault.azure.net&client_id={ADMIN}");
    let vault = ask("GET", target).header("metadata", "true").of(&issuer).await.text_of("access_token");
    assert_eq!(list.bearer(&vault).of(&edge).await.status, 401);
}

/// Returns a token for management of a user of an application.
async fn user_token(issuer: &Arc<Edge>, more: Value) -> String {
    let mut body = serde_json::json!({"oid": "o", "appid": ADMIN, "aud": "https://communication.azure.com/"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ask("POST", "/emulator/entra-token").body(body.to_string()).signed().of(issuer).await.text_of("access_token")
}

#[tokio::test]
async fn users_of_a_named_application_may_not_list_keys() {
    let issuer = edge();
    let edge = trusting(&issuer).await;
    for more in [serde_json::json!({}), serde_json::json!({"scopes": []})] {
        let token = user_token(&issuer, more).await;
        assert_eq!(ask("POST", "/emulator/list-keys").bearer(&token).of(&edge).await.status, 403);
        let created = ask("POST", "/identities?api-version=2023-10-01").bearer(&token).of(&edge).await;
        assert_eq!(created.status, 201, "it is good for the service");
    }
}

#[tokio::test]
async fn only_applications_of_the_named_tenant_may_list_keys() {
    let issuer = edge();
    let edge = trusting(&issuer).await;
    let secret = issuer.backend.core.access_keys.client_secret();
    let token = async |tenant: &str| {
        let form = format!(
            "grant_type=client_credentials&client_id={ADMIN}&client_secret={secret}\
             &scope=https://communication.azure.com//.default"
        );
        ask("POST", format!("/{tenant}/oauth2/v2.0/token")).body(form).of(&issuer).await.text_of("access_token")
    };
    let list = ask("POST", "/emulator/list-keys");
    assert_eq!(list.clone().bearer(&token(DEFAULT_TENANT).await).of(&edge).await.status, 200);
    assert_eq!(list.clone().bearer(&token("other").await).of(&edge).await.status, 403);
    // With an issuer of all tenants, a client id without a tenant matches no application.
    let config = Config { entra_admins: vec![ADMIN.into()], ..edge.backend.config.clone() };
    let edge = Arc::new(edge_of(config));
    assert_eq!(list.bearer(&token(DEFAULT_TENANT).await).of(&edge).await.status, 403);
}

#[tokio::test]
async fn the_secrets_that_derive_from_a_key_end_with_it() {
    let edge = edge();
    let header = edge.backend.core.access_keys.identity_header();
    let secret = edge.backend.core.access_keys.client_secret();
    let identity = |header: &str| ask("GET", "/msi/token?resource=r").header("x-identity-header", header);
    let application = |secret: &str| {
        ask("POST", "/t/oauth2/v2.0/token")
            .body(format!("grant_type=client_credentials&client_id=c&client_secret={secret}&scope=r/.default"))
    };
    assert_eq!(identity(&header).of(&edge).await.status, 200);
    assert_eq!(application(&secret).of(&edge).await.status, 200);
    let regenerated = ask("POST", "/emulator/regenerate-key").body(r#"{"keyType":"Primary"}"#).signed().of(&edge).await;
    assert_eq!(regenerated.status, 200);
    assert_eq!(identity(&header).of(&edge).await.status, 401);
    assert_eq!(application(&secret).of(&edge).await.status, 401);
    assert_eq!(application(&edge.backend.core.access_keys.client_secret()).of(&edge).await.status, 200);
    let key: AccessKey = regenerated.text_of("primaryKey").parse().unwrap();
    assert_eq!(ask("POST", "/emulator/list-keys").signed_with(key).of(&edge).await.status, 200);
}

#[tokio::test]
async fn urls_in_responses_have_the_host_that_the_client_used() {
    let edge = Arc::new(edge_of(Config { hostnames: vec!["acs-emulator".into()], ..Config::in_memory() }));
    let issuer_of = |edge: Arc<Edge>, host: &'static str, tls: bool| async move {
        let request = ask("GET", "/.well-known/openid-configuration").host(host);
        let metadata = if tls { request } else { request.plain() }.of(&edge).await;
        assert_eq!(metadata.text_of("jwks_uri"), format!("{}/.well-known/jwks.json", metadata.text_of("issuer")));
        metadata.text_of("issuer")
    };
    for (host, tls, expected) in [
        ("localhost:32768", true, "https://localhost:32768"),
        ("127.0.0.1:32768", false, "http://127.0.0.1:32768"),
        ("acs-emulator:10100", true, "https://acs-emulator:10100"),
        ("host.docker.internal:10100", true, "https://host.docker.internal:10100"),
        ("[::1]:10100", true, "https://[::1]:10100"),
        ("evil.example", true, "https://localhost:10100"),
    ] {
        assert_eq!(issuer_of(Arc::clone(&edge), host, tls).await, expected);
    }
    let keys = ask("POST", "/emulator/list-keys").host("acs-emulator:10100").signed().of(&edge).await;
    let connection = keys.text_of("primaryConnectionString");
    assert!(connection.starts_with("endpoint=https://acs-emulator:10100/;"), "{connection}");
    let entra = ask("GET", "/t/v2.0/.well-known/openid-configuration").host("acs-emulator:1").of(&edge).await;
    assert_eq!(entra.text_of("issuer"), "https://acs-emulator:1/t/v2.0");
    let public = Config { public_url: Some("https://acs.example/emulator/".into()), ..Config::in_memory() };
    let public = Arc::new(edge_of(public));
    assert_eq!(issuer_of(public, "localhost:1", true).await, "https://acs.example/emulator");
}

#[tokio::test]
async fn a_token_of_our_issuer_is_accepted_by_any_name_of_the_emulator() {
    let edge = Arc::new(edge_of(Config { hostnames: vec!["acs-emulator".into()], ..Config::in_memory() }));
    let target = "/metadata/identity/oauth2/token?resource=https://communication.azure.com/";
    let token = ask("GET", target).header("metadata", "true").host("acs-emulator:1").of(&edge).await;
    let token = token.text_of("access_token");
    let created = ask("POST", "/identities?api-version=2023-10-01").bearer(&token).of(&edge).await;
    assert_eq!(created.status, 201);
}

#[tokio::test]
async fn the_control_endpoint_lists_endpoints_that_exist() {
    let edge = Arc::new(edge_of(Config { control_secret: Some("s3cret".to_owned().into()), ..Config::in_memory() }));
    // A stop is answered when the emulator has ended.
    edge.ending().tell(Ok(()));
    let index = ask("GET", "/emulator/").of(&edge).await;
    assert_eq!(index.status, 200);
    let endpoints = index.json()["endpoints"].as_array().unwrap().clone();
    assert!(endpoints.len() >= 11, "{index:?}");
    for endpoint in endpoints {
        let path = endpoint["url"].as_str().unwrap().strip_prefix("https://localhost:10100").unwrap().to_owned();
        let methods = ["GET", "POST", "DELETE"];
        let method = methods.into_iter().find(|method| endpoint["method"] == *method).unwrap();
        // Some refuse the request, because it lacks a parameter. A missing endpoint would answer 404.
        let answer = ask(method, path.replace("{faultId}", "1")).signed().of(&edge).await;
        let exists = matches!(answer.status, 200 | 201 | 202 | 204 | 400)
            || ["IdentityNotFound", "FaultNotFound"].contains(&answer.code().as_str());
        assert!(exists, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn any_client_can_get_the_certificate_of_the_authority_by_http() {
    let edge = edge();
    let answer = ask("GET", "/emulator/ca.pem").plain().from(ELSEWHERE).host("emulator").of(&edge).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-pem-file")));
    assert_eq!(answer.text, edge.backend.pki.ca_certificate());
    assert_eq!(ask("POST", "/emulator/ca.pem").of(&edge).await.status, 405);
}

#[tokio::test]
async fn health_says_the_resource_and_the_end_of_the_certificate() {
    let edge = edge();
    for path in ["/health", "/health/live", "/health/ready"] {
        let answer = ask("GET", path).from(ELSEWHERE).of(&edge).await;
        assert_eq!((answer.status, answer.text_of("status").as_str()), (200, "ok"), "{path}");
    }
    for path in ["/health", "/health/ready"] {
        assert_eq!(ask("GET", path).of(&edge).await.text_of("resourceId"), *edge.backend.core.resource.id(), "{path}");
    }
    let end = ask("GET", "/health").of(&edge).await.text_of("certificateNotAfter");
    assert_eq!(end, acs_identity_protocol::time::whole_seconds(edge.backend.pki.not_after()));
}

#[tokio::test]
async fn an_error_about_a_body_names_the_member_and_what_it_can_be() {
    let edge = edge();
    let mut said = Vec::new();
    for (path, body) in [
        ("regenerate-key", r#"{"keyType":"secundary"}"#),
        ("regenerate-key", "{}"),
        ("entra-token", r#"{"oid":5,"appid":"a"}"#),
        ("entra-token", r#"{"oid":"o","appid":"a","groups":[1]}"#),
        ("entra-token", r#"{"oid":"o","appid":"a","expiresIn":1.5}"#),
        ("clock/set", r#"{"now":null}"#),
        ("clock/set", "null"),
    ] {
        let answer = ask("POST", format!("/emulator/{path}")).body(body).signed().of(&edge).await;
        assert_eq!(answer.status, 400, "{body}");
        said.push(answer.json()["error"].to_string());
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    {"code":"ValidationError","message":"'keyType' must be Primary or Secondary, but it is 'secundary'.","target":"keyType"}
    {"code":"ValidationError","message":"'keyType' must be given.","target":"keyType"}
    {"code":"ValidationError","message":"'oid' must be a text, but it is a number: put it in quotes.","target":"oid"}
    {"code":"ValidationError","message":"'groups' must be a list of texts, but an element is not a text.","target":"groups"}
    {"code":"ValidationError","message":"'expiresIn' must be a whole number, but it is 1.5.","target":"expiresIn"}
    {"code":"ValidationError","message":"'now' must be a text, but it is null.","target":"now"}
    {"code":"ValidationError","message":"The request body must be a JSON object."}
    "#);
}
