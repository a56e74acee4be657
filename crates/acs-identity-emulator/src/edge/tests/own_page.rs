//! Which web pages may call the control API: the emulator's own page, and no other.

use std::sync::Arc;

use acs_identity_protocol::AccessKey;

use super::page::edge_with_secret;
use super::{Ask, HOST, ask, create, edge_of};
use crate::config::Config;
use crate::edge::pipeline::Edge;

/// The origins of other pages. The emulator is asked under https://localhost:10100.
const OTHERS: [&str; 11] = [
    "https://evil.example",
    "https://localhost",
    "https://localhost:10101",
    "https://localhost:101000",
    "http://localhost:10100",
    "http://localhost:3000",
    "https://127.0.0.1:10100",
    "https://app.localhost:10100",
    "https://localhost:10100.evil.example",
    "null",
    "",
];

/// Returns requests of each method that the page sends, and each of them with a credential or without.
fn requests() -> Vec<Ask> {
    let requests = [
        ask("GET", "/emulator/status"),
        ask("GET", "/emulator/page/secret"),
        ask("POST", "/emulator/page/code"),
        ask("POST", "/emulator/reset"),
        ask("POST", "/emulator/list-keys"),
        ask("DELETE", "/emulator/faults"),
    ];
    let all = requests
        .into_iter()
        .flat_map(|request| [request.clone(), request.clone().bearer("the control secret"), request.signed()]);
    all.collect()
}

fn is_signed_in(request: &Ask) -> bool {
    request.key.is_some() || request.headers.iter().any(|(name, _)| *name == "authorization")
}

#[tokio::test]
async fn pages_of_other_origins_are_refused_with_and_without_credentials() {
    let edge = edge_with_secret();
    create().of(&edge).await;
    let code = edge.backend.dashboard.new_code().unwrap();
    let sign_in = ask("POST", "/emulator/page/session").body(format!(r#"{{"code":"{code}"}}"#));
    for request in requests().into_iter().chain([sign_in.clone()]) {
        for origin in OTHERS {
            let seen = request.clone().header("origin", origin).of(&edge).await;
            assert_eq!((seen.status, seen.code().as_str()), (403, "Forbidden"), "{} {origin}", request.target);
            assert_eq!(seen.header("access-control-allow-origin"), None);
        }
        for site in ["cross-site", "same-site", "", "x"] {
            let seen = request.clone().header("sec-fetch-site", site).of(&edge).await;
            assert_eq!((seen.status, seen.code().as_str()), (403, "Forbidden"), "{} {site}", request.target);
        }
    }
    // Nothing has changed.
    let status = ask("GET", "/emulator/status").signed().of(&edge).await.json();
    assert_eq!(status["identities"], 1);
    assert_eq!(sign_in.of(&edge).await.status, 200);
    let refused = ask("POST", "/emulator/reset").signed().header("origin", "null").of(&edge).await;
    insta::assert_snapshot!(refused.text, @r#"{"error":{"code":"Forbidden","message":"Web pages may not call this endpoint (Origin, Sec-Fetch-Site), except for the emulator's own page. If that page is reached through a proxy, start the emulator with the page's URL: --public-url."}}"#);
}

#[tokio::test]
async fn a_page_that_is_own_by_one_header_and_another_by_the_other_is_refused() {
    let edge = edge_with_secret();
    let own = format!("https://{HOST}");
    for headers in [
        [("origin", own.as_str()), ("sec-fetch-site", "cross-site")],
        [("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        [("origin", "https://evil.example"), ("sec-fetch-site", "none")],
        [("origin", own.as_str()), ("origin", "https://evil.example")],
        [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
    ] {
        let request = ask("POST", "/emulator/reset").signed();
        let seen =
            headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)).of(&edge).await;
        assert_eq!(seen.status, 403, "{headers:?}");
    }
}

#[tokio::test]
async fn the_emulator_s_own_page_may_call_with_a_credential() {
    let edge = edge_with_secret();
    for request in requests() {
        let status = if is_signed_in(&request) { 200..300 } else { 401..402 };
        for (host, tls, origin) in [
            (HOST, true, "https://localhost:10100"),
            (HOST, false, "http://localhost:10100"),
            ("127.0.0.1:10100", false, "http://127.0.0.1:10100"),
            ("[::1]:10100", false, "http://[::1]:10100"),
            ("LocalHost:80", false, "http://localhost"),
            ("localhost", true, "https://localhost"),
            ("localhost:443", true, "https://localhost"),
        ] {
            let request = request.clone().host(host);
            let request = if tls { request } else { request.plain() };
            let seen = request.clone().header("origin", origin).of(&edge).await;
            assert!(status.contains(&seen.status), "{} {origin} {seen:?}", request.target);
            // A browser sends no origin with GET.
            let seen = request.clone().header("sec-fetch-site", "same-origin").of(&edge).await;
            assert!(status.contains(&seen.status), "{} {origin} {seen:?}", request.target);
            let both = request.header("origin", origin).header("sec-fetch-site", "same-origin");
            let seen = both.of(&edge).await;
            assert!(status.contains(&seen.status), "{origin} {seen:?}");
            assert!(!seen.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{seen:?}");
        }
    }
}

#[tokio::test]
async fn the_own_page_may_exchange_a_code() {
    let edge = edge_with_secret();
    let code = edge.backend.dashboard.new_code().unwrap();
    let sign_in = ask("POST", "/emulator/page/session").body(format!(r#"{{"code":"{code}"}}"#)).plain();
    let seen =
        sign_in.header("origin", format!("http://{HOST}")).header("sec-fetch-site", "same-origin").of(&edge).await;
    assert_eq!(seen.status, 200, "{seen:?}");
}

/// Makes an edge behind a proxy.
fn behind_a_proxy(public_url: &str) -> Arc<Edge> {
    Arc::new(edge_of(Config { public_url: Some(public_url.into()), ..Config::in_memory() }))
}

#[tokio::test]
async fn the_page_behind_a_proxy_has_the_origin_of_the_public_url() {
    for (public_url, own) in [
        ("https://acs.example/emulator/", "https://acs.example"),
        ("https://ACS.example:443", "https://acs.example"),
        ("http://acs.example:8080/", "http://acs.example:8080"),
    ] {
        let edge = behind_a_proxy(public_url);
        let request = ask("DELETE", "/emulator/faults").plain().signed();
        assert_eq!(request.clone().header("origin", own).of(&edge).await.status, 204, "{own}");
        // It is reached without the proxy, too.
        let direct = request.clone().header("origin", format!("http://{HOST}"));
        assert_eq!(direct.of(&edge).await.status, 204);
        for other in ["https://acs.example:8443", "http://acs.example", "https://x.acs.example", "null"] {
            assert_eq!(request.clone().header("origin", other).of(&edge).await.status, 403, "{other}");
        }
    }
}

#[tokio::test]
async fn a_page_whose_name_was_made_to_resolve_to_this_machine_is_refused_with_the_well_known_key() {
    let edge = edge_with_secret();
    const EVIL: &str = "evil.example:10100";
    for request in requests().into_iter().filter(|request| request.key.is_some()) {
        for page in [
            request.clone().host(EVIL),
            request.clone().host(EVIL).header("sec-fetch-site", "same-origin"),
            request.clone().host(EVIL).header("origin", format!("https://{EVIL}")),
        ] {
            let seen = page.of(&edge).await;
            assert_eq!((seen.status, seen.code().as_str()), (403, "Forbidden"), "{} {seen:?}", request.target);
        }
    }
    // No web page knows another key, or the control secret.
    let key: AccessKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8+/w==".parse().unwrap();
    let config = Config { access_key: Some(key.clone()), ..edge.backend.config.clone() };
    let edge = Arc::new(edge_of(config));
    let own = |request: Ask| request.host("my-machine:10100").header("origin", "https://my-machine:10100");
    assert_eq!(own(ask("POST", "/emulator/list-keys").signed_with(key)).of(&edge).await.status, 200);
    assert_eq!(own(ask("POST", "/emulator/list-keys").bearer("the control secret")).of(&edge).await.status, 200);
}

#[tokio::test]
async fn other_pages_cannot_use_the_files_of_the_page() {
    let edge = edge_with_secret();
    for path in ["/emulator/page/page.js", "/emulator/page/page.css"] {
        // A browser says the origin of the page with a request for a module script. Behind a proxy that rewrites
        // `Host`, it is not that of the emulator.
        for origin in ["http://localhost:3000", "https://evil.example", "null"] {
            let seen = ask("GET", path).header("origin", origin).header("sec-fetch-site", "cross-site").of(&edge).await;
            assert_eq!(seen.status, 200, "{path} {origin}");
            assert_eq!(seen.header("access-control-allow-origin"), None);
            assert_eq!(seen.header("cross-origin-resource-policy"), Some("same-origin"));
        }
    }
    // A link of another page may lead to the page itself.
    let linked = ask("GET", "/emulator/").header("accept", "text/html").header("sec-fetch-site", "cross-site");
    assert_eq!(linked.of(&edge).await.status, 200);
}

#[tokio::test]
async fn what_the_page_looks_at_is_not_logged_but_what_it_changes_is() {
    let secret = "0123456789abcdef";
    let edge = Arc::new(edge_of(Config { control_secret: Some(secret.to_owned().into()), ..Config::in_memory() }));
    let of_page = |method, path: &str| ask(method, path).bearer(secret).header("sec-fetch-site", "same-origin");
    assert_eq!(of_page("GET", "/emulator/status").of(&edge).await.status, 200);
    assert_eq!(edge.backend.requests.len(), 0);
    assert_eq!(of_page("POST", "/emulator/clock/freeze").of(&edge).await.status, 200);
    assert_eq!(edge.backend.requests.len(), 1);
    // A program that looks is logged.
    assert_eq!(ask("GET", "/emulator/status").bearer(secret).of(&edge).await.status, 200);
    assert_eq!(edge.backend.requests.len(), 2);
}
