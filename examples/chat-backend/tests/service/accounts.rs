//! Restarts, and `DELETE /account`.

use acs_identity::CommunicationIdentityClientExt as _;
use axum::http::StatusCode;
use chat_backend::TIMEOUTS;

use super::support::{Browser, World};

#[tokio::test]
async fn a_restart_keeps_the_session_and_the_identity() {
    let world = World::new().await;
    let app = world.app().await;
    let ada = Browser::of("ada", &app).await;
    let (user, _) = ada.token().await;
    drop(app);
    let (same_user, _) = ada.at(&world.app().await).token().await;
    assert_eq!(user, same_user);
    assert_eq!(world.sent(), ["createIdentity", "issueAccessToken", "issueAccessToken"]);
}

#[tokio::test]
async fn the_end_of_an_account_deletes_the_identity() {
    let world = World::new().await;
    let app = world.app().await;
    let (ada, other) = (Browser::of("ada", &app).await, Browser::of("ada", &app).await);
    let (user, token) = ada.token().await;
    assert_eq!(ada.delete_account().await.status, StatusCode::NO_CONTENT);
    assert!(!world.emulator.is_active(&token));
    assert!(world.client(TIMEOUTS).get_token(&user, &[], None).await.is_err());
    assert_eq!(other.get_token().await.status, StatusCode::UNAUTHORIZED);
    assert_ne!(Browser::of("ada", &app).await.token().await.0, user);
}

#[tokio::test]
async fn an_account_stays_if_its_identity_cannot_be_deleted() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    let (user, _) = ada.token().await;
    world.is_too_busy_to("deleteIdentity");
    assert_eq!(ada.delete_account().await.status, StatusCode::SERVICE_UNAVAILABLE);
    world.emulator.faults().clear();
    assert_eq!(ada.token().await.0, user);
}

#[tokio::test]
async fn an_account_ends_also_if_its_identity_is_gone() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    let (user, _) = ada.token().await;
    world.client(TIMEOUTS).delete_user(&user).await.unwrap();
    assert_eq!(ada.delete_account().await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_account_without_an_identity_ends_without_a_call() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    assert_eq!(ada.delete_account().await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get_token().await.status, StatusCode::UNAUTHORIZED);
    assert!(world.sent().is_empty());
}
