//! The files of the emulator's page, and how the page signs in.

use std::sync::Arc;

use super::{Ask, ELSEWHERE, Seen, ask, create, edge, edge_of, management_token};
use crate::config::Config;
use crate::edge::pipeline::Edge;

const SECRET: &str = "the control secret";

const PAGE: &str = "/emulator/";
const SCRIPT: &str = "/emulator/page/page.js";
const STYLE: &str = "/emulator/page/page.css";

const FILES: [(&str, &str, &str); 3] = [
    (PAGE, "text/html; charset=utf-8", include_str!("../../../page/built/page.html")),
    (SCRIPT, "text/javascript; charset=utf-8", include_str!("../../../page/built/page.js")),
    (STYLE, "text/css; charset=utf-8", include_str!("../../../page/built/page.css")),
];

/// Makes an edge with a control secret.
pub(super) fn edge_with_secret() -> Arc<Edge> {
    Arc::new(edge_of(Config { control_secret: Some(SECRET.to_owned().into()), ..Config::in_memory() }))
}

/// Returns a request as a browser makes it when a user opens a page.
fn browse(method: &'static str, path: &str) -> Ask {
    ask(method, path).header("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
}

fn sign_in(code: &str) -> Ask {
    ask("POST", "/emulator/page/session").body(format!(r#"{{"code":"{code}"}}"#))
}

/// Returns a new code of the control API.
async fn new_code(edge: &Arc<Edge>) -> String {
    ask("POST", "/emulator/page/code").signed().of(edge).await.text_of("code")
}

#[tokio::test]
async fn browsers_get_the_page_and_other_clients_the_index() {
    let edge = edge();
    let seen = browse("GET", PAGE).from(ELSEWHERE).of(&edge).await;
    assert_eq!((seen.status, seen.header("content-type")), (200, Some("text/html; charset=utf-8")), "{seen:?}");
    assert_eq!(seen.text, include_str!("../../../page/built/page.html"));
    assert_eq!(seen.header("vary"), Some("accept"));
    for request in [ask("GET", PAGE), ask("GET", PAGE).header("accept", "*/*"), ask("GET", "/emulator")] {
        let seen = request.of(&edge).await;
        assert_eq!((seen.status, seen.header("vary")), (200, Some("accept")), "{seen:?}");
        assert!(seen.json()["endpoints"].is_array(), "{seen:?}");
    }
    assert_eq!(browse("POST", PAGE).of(&edge).await.status, 405);
}

#[tokio::test]
async fn an_answer_that_depends_on_the_page_that_calls_varies_with_its_origin_too() {
    let seen = ask("GET", PAGE).header("origin", "http://localhost:3000").of(&edge()).await;
    let vary: Vec<&str> = seen.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(vary, ["accept", "origin"]);
}

#[tokio::test]
async fn browsers_are_sent_to_the_path_with_a_slash() {
    for method in ["GET", "HEAD"] {
        let seen = browse(method, "/emulator").of(&edge()).await;
        // It is relative, because a proxy may have put something before it.
        assert_eq!((seen.status, seen.header("location")), (308, Some("emulator/")), "{seen:?}");
        assert_eq!((seen.header("vary"), seen.text.as_str()), (Some("accept"), ""));
    }
}

#[tokio::test]
async fn files_are_kept_by_browsers_until_they_change() {
    let edge = edge();
    for (path, content_type, content) in FILES {
        for method in ["GET", "HEAD"] {
            let seen = browse(method, path).of(&edge).await;
            assert_eq!((seen.status, seen.header("content-type")), (200, Some(content_type)), "{path}");
            assert_eq!((seen.text.as_str(), seen.header("cache-control")), (content, Some("no-cache")), "{path}");
            let tag = seen.header("etag").unwrap().to_owned();
            let known = browse(method, path).header("if-none-match", tag.clone()).of(&edge).await;
            assert_eq!((known.status, known.text.as_str()), (304, ""), "{path}");
            assert_eq!(known.header("etag"), Some(&*tag), "{path}");
            assert_eq!(known.header("content-type"), None, "{path}");
            let changed = browse(method, path).header("if-none-match", "\"x\"").of(&edge).await;
            assert_eq!((changed.status, changed.text.as_str()), (200, content), "{path}");
        }
    }
}

#[tokio::test]
async fn the_page_may_use_its_own_files_and_the_emulator_and_nothing_else() {
    let edge = edge();
    let headers = |seen: &Seen| {
        let names = [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "x-frame-options",
        ];
        names.map(|name| format!("{name}: {}", seen.header(name).unwrap_or_default())).join("\n")
    };
    let page = browse("GET", PAGE).of(&edge).await;
    insta::assert_snapshot!(headers(&page), @r"
    content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'
    x-content-type-options: nosniff
    referrer-policy: no-referrer
    cross-origin-opener-policy: same-origin
    cross-origin-resource-policy: same-origin
    x-frame-options: DENY
    ");
    for (path, ..) in FILES {
        for tag in ["", "*"] {
            let seen = browse("GET", path).header("if-none-match", tag).of(&edge).await;
            assert_eq!(headers(&seen), headers(&page), "{path}");
        }
    }
}

#[tokio::test]
async fn a_code_gives_the_control_secret_once() {
    let edge = edge_with_secret();
    let made = ask("POST", "/emulator/page/code").bearer(SECRET).of(&edge).await;
    assert_eq!((made.status, made.header("cache-control")), (200, Some("no-store")), "{made:?}");
    let codes = [made.text_of("code"), new_code(&edge).await, edge.backend.dashboard.new_code().unwrap()];
    for code in codes {
        // The code is the credential, so any machine and any name will do.
        let seen = sign_in(&code).from(ELSEWHERE).host("emulator").of(&edge).await;
        assert_eq!((seen.status, seen.text.as_str()), (200, r#"{"secret":"the control secret"}"#), "{seen:?}");
        assert_eq!(seen.header("cache-control"), Some("no-store"));
        let again = sign_in(&code).of(&edge).await;
        assert_eq!((again.status, again.code().as_str()), (401, "InvalidCode"), "{again:?}");
    }
}

#[tokio::test]
async fn a_code_that_was_not_made_is_refused_with_what_to_do() {
    let edge = edge_with_secret();
    let code = new_code(&edge).await;
    for wrong in ["", "x", &code[1..], &code.to_lowercase(), &format!("{code} "), SECRET] {
        let seen = sign_in(wrong).of(&edge).await;
        assert_eq!((seen.status, seen.code().as_str()), (401, "InvalidCode"), "{wrong}");
    }
    insta::assert_snapshot!(sign_in("x").of(&edge).await.text, @r#"{"error":{"code":"InvalidCode","message":"The code was used or is not known. A code works once, and ends with the emulator. Open the page with a new code (POST /emulator/page/code), or sign in with the connection string."}}"#);
    for body in ["", "{}", r#"{"code":5}"#, r#"{"code":"a","more":1}"#] {
        assert_eq!(ask("POST", "/emulator/page/session").body(body).of(&edge).await.status, 400, "{body}");
    }
    assert_eq!(sign_in(&code).header("content-type", "text/plain").of(&edge).await.status, 415);
    assert_eq!(sign_in(&code).of(&edge).await.status, 200, "it was not used up");
}

#[tokio::test]
async fn at_most_64_codes_wait() {
    let edge = edge_with_secret();
    let first = new_code(&edge).await;
    let second = new_code(&edge).await;
    for _ in 0..63 {
        new_code(&edge).await;
    }
    assert_eq!(sign_in(&first).of(&edge).await.status, 401);
    assert_eq!(sign_in(&second).of(&edge).await.status, 200);
}

#[tokio::test]
async fn a_signature_by_an_access_key_gives_the_control_secret_and_an_entra_token_does_not() {
    let edge = edge_with_secret();
    let token = management_token(&edge, "11111111-1111-1111-1111-111111111111").await;
    for request in [ask("GET", "/emulator/page/secret"), ask("POST", "/emulator/page/code")] {
        assert_eq!(request.clone().of(&edge).await.status, 401, "{}", request.target);
        assert_eq!(request.clone().bearer(&token).of(&edge).await.status, 403, "{}", request.target);
        assert_eq!(request.clone().signed().of(&edge).await.status, 200, "{}", request.target);
    }
    let seen = ask("GET", "/emulator/page/secret").signed().of(&edge).await;
    assert_eq!((seen.text_of("secret").as_str(), seen.header("cache-control")), (SECRET, Some("no-store")));
}

#[tokio::test]
async fn no_answer_sets_a_cookie() {
    let edge = edge_with_secret();
    let code = new_code(&edge).await;
    let requests = [
        browse("GET", "/emulator"),
        sign_in(&code),
        sign_in(&code),
        ask("GET", "/emulator/page/secret").signed(),
        ask("POST", "/emulator/page/code").signed(),
        ask("GET", "/emulator/status").bearer(SECRET),
    ];
    let files = FILES.map(|(path, ..)| browse("GET", path));
    for request in requests.into_iter().chain(files) {
        let target = request.target.clone();
        let seen = request.header("cookie", "a=b").of(&edge).await;
        assert_eq!(seen.header("set-cookie"), None, "{target}");
    }
}

#[tokio::test]
async fn requests_of_the_page_count_as_the_control_api() {
    let edge = edge_with_secret();
    create().of(&edge).await;
    let code = new_code(&edge).await;
    for (path, ..) in FILES {
        browse("GET", path).of(&edge).await;
    }
    sign_in(&code).of(&edge).await;
    let logged = async |query: &str| {
        let seen = ask("GET", format!("/emulator/requests{query}")).signed().of(&edge).await.json();
        seen["value"].as_array().unwrap().len()
    };
    assert_eq!((logged("").await, logged("?control=false").await), (6, 1));
}

#[tokio::test]
async fn faults_never_hit_the_page() {
    let edge = edge_with_secret();
    let add = |rule: &str| ask("POST", "/emulator/faults").body(rule).signed();
    assert_eq!(add(r#"{"path":"/**","status":503}"#).of(&edge).await.status, 201);
    assert_eq!(create().of(&edge).await.status, 503);
    let code = new_code(&edge).await;
    for request in [browse("GET", PAGE), ask("GET", SCRIPT), ask("GET", STYLE), sign_in(&code)] {
        assert_eq!(request.clone().of(&edge).await.status, 200, "{}", request.target);
    }
    assert_eq!(add(r#"{"operation":"signIn","status":503}"#).of(&edge).await.status, 400);
}
