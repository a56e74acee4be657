//! `POST /sign-out`, and sessions.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::support::{Browser, World};

#[tokio::test]
async fn a_sign_out_revokes_the_token_and_ends_the_session() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    let (_, token) = ada.token().await;
    assert_eq!(ada.sign_out().await.status, StatusCode::NO_CONTENT);
    assert!(!world.emulator.is_active(&token));
    assert_eq!(ada.get_token().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_next_token_is_a_new_one_of_the_same_identity() {
    let world = World::new().await;
    let app = world.app().await;
    let ada = Browser::of("ada", &app).await;
    let (user, first) = ada.token().await;
    ada.sign_out().await;
    let (same_user, second) = Browser::of("ada", &app).await.token().await;
    assert_eq!(user, same_user);
    assert_ne!(first, second);
    assert!(world.emulator.is_active(&second));
}

#[tokio::test]
async fn another_instance_of_the_app_returns_no_revoked_token() {
    let world = World::new().await;
    let (one, other) = (world.app().await, world.app().await);
    let (phone, laptop) = (Browser::of("ada", &one).await, Browser::of("ada", &other).await);
    let (_, revoked) = laptop.token().await;
    phone.sign_out().await;
    assert!(!world.emulator.is_active(&revoked));
    assert!(world.emulator.is_active(&laptop.token().await.1));
}

#[tokio::test]
async fn a_revocation_that_fails_is_not_a_sign_out() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    let first = ada.token().await;
    world.is_too_busy_to("revokeAccessTokens");
    assert_eq!(ada.sign_out().await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(world.emulator.is_active(&first.1));
    assert_eq!(ada.token().await, first);
    world.emulator.faults().clear();
    assert_eq!(ada.sign_out().await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_user_who_never_had_a_token_can_sign_out() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    assert_eq!(ada.sign_out().await.status, StatusCode::NO_CONTENT);
    assert!(world.sent().is_empty());
}

#[tokio::test]
async fn nothing_is_done_without_a_session() {
    let world = World::new().await;
    let app = world.app().await;
    let mut nobody = Browser::new(&app);
    for cookie in ["", "session=", "session=00000000-0000-0000-0000-000000000000"] {
        cookie.clone_into(&mut nobody.cookie);
        for (method, path) in [(Method::GET, "/token"), (Method::POST, "/sign-out"), (Method::DELETE, "/account")] {
            assert_eq!(nobody.send(method, path, Value::Null).await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    assert!(world.sent().is_empty());
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let world = World::new().await;
    let mut ada = Browser::new(&world.app().await);
    let session = world.store().await.begin_session("ada", Duration::ZERO).await.unwrap();
    ada.cookie = format!("session={session}");
    assert_eq!(ada.get_token().await.status, StatusCode::UNAUTHORIZED);
}
