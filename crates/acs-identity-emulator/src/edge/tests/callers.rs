//! Which endpoints answer a client, depending on its machine and on the web page that calls.

use std::sync::Arc;

use acs_identity_protocol::AccessKey;

use super::{ELSEWHERE, LOCAL, VERSION, ask, create, edge, edge_of};
use crate::config::Config;

const IMDS: &str = "/metadata/identity/oauth2/token?resource=https://communication.azure.com/";
const DEVICE: &str = "client_id=c&scope=https://auth.msft.communication.azure.com/Teams.ManageCalls";

/// Returns requests to all endpoints that answer without a credential.
fn endpoints() -> Vec<super::Ask> {
    vec![
        ask("GET", IMDS).header("metadata", "true"),
        ask("POST", "/common/oauth2/v2.0/devicecode").body(DEVICE),
        ask("POST", "/common/oauth2/devicecode").body(DEVICE),
        ask("GET", "/devicelogin"),
    ]
}

#[tokio::test]
async fn endpoints_without_a_credential_answer_this_machine_only() {
    let edge = edge();
    for request in endpoints() {
        for peer in [LOCAL, "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(request.clone().from(peer).of(&edge).await.status, 200, "{} {peer}", request.target);
        }
        for peer in [ELSEWHERE, "[fe80::1]:1", "[::ffff:192.168.7.7]:1"] {
            let answer = request.clone().from(peer).of(&edge).await;
            assert_eq!((answer.status, answer.text_of("error").as_str()), (403, "access_denied"), "{peer}");
        }
    }
}

#[tokio::test]
async fn a_client_that_comes_from_the_address_it_has_connected_to_is_on_this_machine() {
    let edge = edge();
    for request in endpoints() {
        for (peer, status) in [("192.0.2.1:4", 200), ("[::ffff:192.0.2.1]:4", 200), ("192.0.2.2:4", 403)] {
            assert_eq!(request.clone().from(peer).of(&edge).await.status, status, "{peer}");
        }
    }
}

#[tokio::test]
async fn endpoints_without_a_credential_do_not_answer_web_pages() {
    const PAGES: [(&str, &str, u16); 6] = [
        ("origin", "https://evil.example", 403),
        ("origin", "http://localhost:3000", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        // A user has typed the address.
        ("sec-fetch-site", "none", 200),
    ];
    let edge = edge();
    for (name, value, status) in PAGES {
        for request in endpoints() {
            assert_eq!(request.header(name, value).of(&edge).await.status, status, "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn endpoints_without_a_credential_do_not_answer_through_a_proxy() {
    const HEADERS: [(&str, &str); 5] = [
        ("forwarded", "for=192.0.2.1"),
        ("via", "1.1 proxy"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", "192.0.2.1"),
    ];
    let edge = edge();
    for (name, value) in HEADERS {
        for request in endpoints() {
            let answer = request.header(name, value).of(&edge).await;
            assert_eq!((answer.status, answer.text_of("error").as_str()), (403, "access_denied"), "{name}");
        }
        // Endpoints with a credential answer any machine.
        assert_eq!(create().header(name, value).of(&edge).await.status, 201, "{name}");
    }
}

/// A proxy such as HAProxy adds no header by itself, and connects from this machine.
#[tokio::test]
async fn behind_a_proxy_endpoints_without_a_credential_are_off() {
    let public = Config { public_url: Some("https://acs.example".into()), ..Config::in_memory() };
    for config in [public, Config { plain_http: true, ..Config::in_memory() }] {
        let edge = Arc::new(edge_of(Config { token_endpoint: true, ..config }));
        for request in endpoints() {
            let answer = request.plain().of(&edge).await;
            assert_eq!((answer.status, answer.text_of("error").as_str()), (403, "access_denied"), "{}", answer.text);
            assert!(answer.text.contains("off behind a proxy"), "{}", answer.text);
        }
        let of_pages = ask("GET", "/emulator/token?user=ann").plain().of(&edge).await;
        assert_eq!((of_pages.status, of_pages.code().as_str()), (403, "Forbidden"), "{}", of_pages.text);
        assert!(!ask("GET", "/emulator/").of(&edge).await.text.contains("/emulator/token"));
        let code = "grant_type=device_code&client_id=c&device_code=x";
        let redeemed = ask("POST", "/common/oauth2/v2.0/token").body(code).of(&edge).await;
        assert_eq!(redeemed.status, 403, "{}", redeemed.text);
        // The form of managed identity with a secret header has a credential.
        let of_app_service = ask("GET", "/msi/token?resource=https://communication.azure.com");
        let header = edge.backend.core.access_keys.identity_header();
        let with_secret = of_app_service.clone().header("x-identity-header", &header).plain().of(&edge).await;
        assert_eq!(with_secret.status, 200, "{}", with_secret.text);
        assert_eq!(of_app_service.plain().of(&edge).await.status, 401);
        assert_eq!(create().plain().of(&edge).await.status, 201);
    }
}

#[tokio::test]
async fn endpoints_without_a_credential_answer_only_by_a_name_of_the_emulator() {
    let edge = Arc::new(edge_of(Config { hostnames: vec!["acs-emulator".into()], ..Config::in_memory() }));
    for request in endpoints() {
        for host in ["localhost", "app.localhost:5", "127.0.0.1:5", "[::1]:5", "10.0.0.1", "ACS-Emulator:10100"] {
            assert_eq!(request.clone().host(host).of(&edge).await.status, 200, "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:10100", "acs-emulator.evil.example"] {
            assert_eq!(request.clone().host(host).of(&edge).await.status, 403, "{host}");
        }
    }
    // The signature covers the host of a signed request.
    assert_eq!(create().host("evil.example").from(ELSEWHERE).of(&edge).await.status, 201);
}

#[tokio::test]
async fn a_device_code_is_redeemed_on_this_machine_only() {
    let edge = edge();
    let code = ask("POST", "/common/oauth2/v2.0/devicecode").body(DEVICE).of(&edge).await.text_of("device_code");
    let redeem =
        ask("POST", "/common/oauth2/v2.0/token").body(format!("grant_type=device_code&client_id=c&device_code={code}"));
    assert_eq!(redeem.clone().from(ELSEWHERE).of(&edge).await.status, 403);
    assert_eq!(redeem.clone().host("evil.example").of(&edge).await.status, 403);
    assert_eq!(redeem.of(&edge).await.status, 200);
}

#[tokio::test]
async fn endpoints_with_a_secret_answer_other_machines() {
    let edge = edge();
    let app_service =
        ask("GET", "/msi/token?resource=https://communication.azure.com/").from(ELSEWHERE).host("emulator");
    let with = |value: &str| app_service.clone().header("x-identity-header", value);
    assert_eq!(with(&edge.backend.core.access_keys.identity_header()).of(&edge).await.status, 200);
    assert_eq!(with("x").of(&edge).await.status, 401);
    let secret = edge.backend.core.access_keys.client_secret();
    let form = format!(
        "grant_type=client_credentials&client_id=c&client_secret={secret}&scope=https://communication.azure.com//.default"
    );
    let answer = ask("POST", "/common/oauth2/v2.0/token").from(ELSEWHERE).host("emulator").body(form).of(&edge).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn web_pages_may_call_the_service_from_loopback_and_allowed_origins_only() {
    const PAGE: &str = "https://app.example";
    let closed = edge();
    let open = Arc::new(edge_of(Config { cors_origins: vec!["https://App.example/".into()], ..Config::in_memory() }));
    let allowed = "access-control-allow-origin";
    for (origin, by_default, when_allowed) in [
        ("http://localhost:3000", true, true),
        ("http://127.0.0.1:5173", true, true),
        (PAGE, false, true),
        ("https://evil.example", false, false),
        ("null", false, false),
    ] {
        for (edge, expected) in [(&closed, by_default), (&open, when_allowed)] {
            let expected = expected.then_some(origin);
            let answer = create().header("origin", origin).of(edge).await;
            assert_eq!((answer.status, answer.header(allowed)), (201, expected), "{origin}");
            assert_eq!(answer.header("vary"), Some("origin"));
            let preflight = ask("OPTIONS", format!("/identities?{VERSION}")).header("origin", origin).of(edge).await;
            assert_eq!((preflight.status, preflight.header(allowed)), (204, expected), "{origin}");
            assert_eq!(preflight.header("access-control-allow-methods").is_some(), expected.is_some(), "{origin}");
        }
    }
    assert_eq!(create().of(&closed).await.header("vary"), None);
}

#[tokio::test]
async fn web_pages_cannot_get_tokens_and_keys() {
    let edge = Arc::new(edge_of(Config { cors_origins: vec!["https://app.example".into()], ..Config::in_memory() }));
    let mut requests = endpoints();
    // Nobody but a server of the user knows the header of a managed identity. All pages know the well-known key.
    let is_answered = |request: &super::Ask| request.target.starts_with("/msi/token");
    requests.push(ask("POST", "/emulator/list-keys").signed());
    requests.push(ask("GET", "/emulator/export").signed());
    requests.push(ask("POST", "/emulator/reset").signed());
    requests.push(
        ask("GET", "/msi/token?resource=r")
            .header("x-identity-header", edge.backend.core.access_keys.identity_header()),
    );
    for request in requests {
        for origin in ["http://localhost:3000", "https://app.example"] {
            let answer = request.clone().header("origin", origin).of(&edge).await;
            assert_eq!(answer.status, if is_answered(&request) { 200 } else { 403 }, "{}", request.target);
            assert_eq!(answer.header("access-control-allow-origin"), None, "{}", request.target);
            let preflight = ask("OPTIONS", request.target.clone()).header("origin", origin).of(&edge).await;
            assert_eq!(preflight.header("access-control-allow-methods"), None, "{}", request.target);
        }
    }
}

#[tokio::test]
async fn strict_transport_security_is_sent_only_for_names_that_other_servers_do_not_have() {
    let edge = edge();
    for (host, tls, expected) in [
        ("acs-emulator:10100", true, true),
        ("acs-emulator:10100", false, false),
        ("localhost:10100", true, false),
        ("app.localhost", true, false),
        ("127.0.0.1:10100", true, false),
    ] {
        let request = ask("GET", "/health").host(host);
        let request = if tls { request } else { request.plain() };
        let answer = request.of(&edge).await;
        assert_eq!(answer.header("strict-transport-security").is_some(), expected, "{host} {tls}");
    }
}

/// A page whose name was made to resolve to this machine signs with the well-known key, which every page knows.
#[tokio::test]
async fn with_the_well_known_key_control_endpoints_answer_only_by_a_name_of_the_emulator() {
    let config = || Config {
        hostnames: vec!["acs-emulator".into()],
        public_url: Some("https://acs.example/x".into()),
        control_secret: Some("s3cret".to_owned().into()),
        ..Config::in_memory()
    };
    let edge = Arc::new(edge_of(config()));
    let endpoints = [("GET", "/emulator/status"), ("GET", "/emulator/export"), ("POST", "/emulator/list-keys")];
    for (method, target) in endpoints {
        for (host, status) in [
            ("localhost:10100", 200),
            ("10.0.0.1:10100", 200),
            ("acs-emulator:10100", 200),
            ("acs.example", 200),
            ("evil.example:10100", 403),
            ("localhost.evil.example", 403),
        ] {
            let request = || ask(method, target).host(host);
            assert_eq!(request().signed().of(&edge).await.status, status, "{target} {host}");
            assert_eq!(request().bearer("s3cret").of(&edge).await.status, 200, "{target} {host}");
        }
    }
    assert_eq!(create().host("evil.example").of(&edge).await.status, 201);
    let own: AccessKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".parse().unwrap();
    let edge = Arc::new(edge_of(Config { access_key: Some(own.clone()), ..config() }));
    for (method, target) in endpoints {
        let request = ask(method, target).host("emulator:10100").signed_with(own.clone());
        assert_eq!(request.of(&edge).await.status, 200, "{target}");
    }
}
