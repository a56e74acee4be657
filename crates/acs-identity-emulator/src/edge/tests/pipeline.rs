//! The order of the steps, and which requests they refuse.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::Full;
use hyper::Version;
use hyper::body::{Body, Bytes, Frame};

use super::{HOST, LOCAL, VERSION, ask, create, edge, edge_of};
use crate::config::Config;

/// A body that must not be read.
struct Unread;

impl Body for Unread {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        panic!("the body is read");
    }
}

#[tokio::test]
async fn a_stated_length_over_the_limit_is_refused_before_authentication() {
    let edge = edge();
    for (request, limit) in [
        (create().header("content-length", "1048577"), "1048576"),
        (ask("POST", format!("/identities?{VERSION}")).header("content-length", "20000000"), "1048576"),
        (ask("POST", "/common/oauth2/v2.0/token").header("content-length", "16385"), "16384"),
        (ask("POST", "/common/oauth2/v2.0/devicecode").header("content-length", "16385"), "16384"),
        (
            ask("POST", format!("/access/entra/:exchangeAccessToken?{VERSION}")).header("content-length", "16385"),
            "16384",
        ),
        (ask("POST", "/health").header("content-length", "16385"), "16384"),
    ] {
        let answer = Arc::clone(&edge).handle(request.with(Unread), request.connection()).await.unwrap();
        assert_eq!(answer.status(), 413, "{}", request.target);
        assert_eq!(answer.headers()["connection"], "close");
        assert!(request.of(&edge).await.text.contains(limit));
    }
}

#[tokio::test]
async fn a_long_body_without_valid_credentials_is_not_read() {
    let edge = edge();
    let unsigned = ask("POST", format!("/identities?{VERSION}")).header("content-length", "1048575");
    let token = unsigned.clone().header("authorization", "Bearer x.y.z");
    let waits =
        ask("POST", format!("/identities?{VERSION}")).header("content-length", "10").header("expect", "100-continue");
    let chunks = ask("POST", format!("/identities?{VERSION}")).header("transfer-encoding", "chunked");
    for request in [unsigned, token, waits, chunks] {
        let answer = Arc::clone(&edge).handle(request.with(Unread), request.connection()).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["connection"].to_str().unwrap()), (401, "close"));
    }
}

#[tokio::test]
async fn a_short_body_that_is_refused_leaves_the_connection_open() {
    let answer = ask("POST", format!("/identities?{VERSION}")).body("{}").of(&edge()).await;
    assert_eq!((answer.status, answer.header("connection")), (401, None));
}

#[tokio::test]
async fn a_body_that_is_not_the_signed_one_is_refused() {
    let edge = edge();
    let request = create().body("{}");
    let answer = Arc::clone(&edge).handle(request.with(Full::new("[]".into())), request.connection()).await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(request.of(&edge).await.status, 201);
}

#[tokio::test]
async fn bodies_beyond_the_budget_are_answered_with_503() {
    let mut edge = edge_of(Config::in_memory());
    edge.bodies = crate::edge::http::body::Budget::of(10);
    let edge = Arc::new(edge);
    let refused = create().body(r#"{"customId":"a"}"#).of(&edge).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(create().body("{}").of(&edge).await.status, 201);
}

#[tokio::test]
async fn a_request_names_one_host_or_is_refused_and_closed() {
    let edge = edge();
    for request in [
        ask("GET", "/health").without_host(),
        ask("GET", "/health").header("host", HOST),
        ask("GET", "/health").host("local host"),
        ask("GET", "/health").host(""),
        ask("GET", "http://evil.example/health"),
        ask("GET", "/health").header("content-length", "0").header("transfer-encoding", "chunked"),
    ] {
        let answer = request.of(&edge).await;
        assert_eq!((answer.status, answer.header("connection")), (400, Some("close")), "{answer:?}");
    }
    assert_eq!(ask("GET", "/health").without_host().version(Version::HTTP_10).of(&edge).await.status, 200);
    assert_eq!(ask("GET", format!("https://{HOST}/health")).of(&edge).await.status, 200);
}

#[tokio::test]
async fn chunks_end_the_connection() {
    let answer = create().header("transfer-encoding", "chunked").of(&edge()).await;
    assert_eq!((answer.status, answer.header("connection")), (201, Some("close")));
}

#[tokio::test]
async fn an_authenticated_request_marks_its_connection() {
    let edge = edge();
    for (request, expected) in [
        (create(), true),
        (ask("GET", "/health"), false),
        (ask("POST", format!("/identities?{VERSION}")), false),
        (ask("GET", "/metadata/identity/oauth2/token").header("metadata", "true").from(LOCAL), false),
    ] {
        let connection = request.connection();
        let body = Full::new(Bytes::new());
        Arc::clone(&edge).handle(request.with(body), Arc::clone(&connection)).await.unwrap();
        assert_eq!(connection.is_authenticated(), expected, "{}", request.target);
    }
}

#[tokio::test]
async fn a_large_request_without_authentication_ends_the_connection() {
    let edge = edge();
    let ends = async |ask: super::Ask| ask.of(&edge).await.header("connection") == Some("close");
    let form = |bytes: usize| ask("POST", "/t/oauth2/v2.0/token").body("a".repeat(bytes));
    assert!(!ends(form(7000)).await);
    assert!(ends(form(9000)).await);
    assert!(ends(ask("GET", "/health").header("x-large", "a".repeat(9000))).await);
    assert!(!ends(create().header("x-large", "a".repeat(9000))).await, "it is signed");
}
