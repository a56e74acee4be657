//! Headers, cookies, and requests that are not understood.

use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Browser, World};

#[tokio::test]
async fn no_answer_is_stored() {
    let world = World::new().await;
    let app = world.app().await;
    let (ada, nobody) = (Browser::of("ada", &app).await, Browser::new(&app));
    let answers = [ada.get_token().await, nobody.get_token().await, ada.sign_out().await, nobody.sign_out().await];
    for answer in answers {
        assert_eq!(answer.headers[CACHE_CONTROL], "no-store", "{answer:?}");
    }
}

#[tokio::test]
async fn scripts_and_other_sites_do_not_get_the_session() {
    let world = World::new().await;
    let browser = Browser::new(&world.app().await);
    let answer = browser.send(Method::POST, "/sign-in", json!({ "user": "ada" })).await;
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Secure; Path=/"), "{cookie}");
}

#[tokio::test]
async fn a_sign_out_removes_the_cookie() {
    let world = World::new().await;
    let answer = Browser::of("ada", &world.app().await).await.sign_out().await;
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("session=; ") && cookie.contains("Max-Age=0"), "{cookie}");
}

#[tokio::test]
async fn what_is_not_understood_is_an_error_in_json() {
    let world = World::new().await;
    let browser = Browser::new(&world.app().await);
    let requests = [
        (Method::POST, "/sign-in", Value::Null, StatusCode::UNPROCESSABLE_ENTITY),
        (Method::POST, "/sign-in", json!({ "user": " " }), StatusCode::BAD_REQUEST),
        (Method::POST, "/sign-in", json!({ "user": "a".repeat(65) }), StatusCode::BAD_REQUEST),
        (Method::GET, "/tokens", Value::Null, StatusCode::NOT_FOUND),
        (Method::POST, "/token", Value::Null, StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (method, path, body, status) in requests {
        let answer = browser.send(method, path, body).await;
        assert_eq!((answer.status, &answer.body["code"]), (status, &"bad_request".into()), "{path}");
        assert!(answer.body["message"].is_string());
    }
}
