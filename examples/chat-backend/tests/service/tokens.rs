//! `GET /token`: identities, the cache, and the refresh.

use std::time::Duration;

use acs_identity_emulator::testing::Fault;
use axum::http::StatusCode;
use azure_core::time::{Duration as Span, OffsetDateTime, parse_rfc3339};

use super::support::{Browser, World};

/// The first token has this lifetime. The app replaces tokens five minutes before they expire.
fn first_token_expires_in(world: &World, minutes: u64) {
    let lifetime = Duration::from_secs(minutes * 60);
    world.emulator.faults().add(Fault::on("issueAccessToken").token_expires_in(lifetime).times(1));
}

#[tokio::test]
async fn the_first_token_creates_the_identity_of_the_user() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    assert_eq!(world.identity("ada").await, None);
    let (user, token) = ada.token().await;
    assert!(world.emulator.is_active(&token));
    assert_eq!(world.identity("ada").await.unwrap().as_str(), user);
    assert_eq!(world.sent(), ["createIdentity", "issueAccessToken"]);
}

#[tokio::test]
async fn the_expiry_is_written_as_rfc_3339() {
    let world = World::new().await;
    let answer = Browser::of("ada", &world.app().await).await.get_token().await;
    let expires_on = parse_rfc3339(answer.body["expiresOn"].as_str().unwrap()).unwrap();
    let left = expires_on - OffsetDateTime::now_utc();
    assert!(left > Span::minutes(58) && left <= Span::minutes(60), "{left}");
}

#[tokio::test]
async fn the_second_request_uses_the_cache() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    assert_eq!(ada.token().await, ada.token().await);
    assert_eq!(world.sent(), ["createIdentity", "issueAccessToken"]);
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    first_token_expires_in(&world, 4);
    let (user, first) = ada.token().await;
    let (same_user, second) = ada.token().await;
    assert_eq!(user, same_user);
    assert_ne!(first, second);
    assert_eq!(ada.token().await.1, second);
    assert_eq!(world.sent(), ["createIdentity", "issueAccessToken", "issueAccessToken"]);
}

#[tokio::test]
async fn a_token_with_more_time_is_not_replaced() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    first_token_expires_in(&world, 6);
    assert_eq!(ada.token().await, ada.token().await);
}

#[tokio::test]
async fn a_token_that_is_still_valid_serves_while_the_service_is_busy() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    first_token_expires_in(&world, 4);
    let first = ada.token().await;
    world.is_too_busy_to("issueAccessToken");
    assert_eq!(ada.token().await, first);
    world.emulator.faults().clear();
    assert_ne!(ada.token().await, first);
}

#[tokio::test]
async fn an_expired_token_does_not_serve_while_the_service_is_busy() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    first_token_expires_in(&world, 0);
    ada.token().await;
    world.is_too_busy_to("issueAccessToken");
    assert_eq!(ada.get_token().await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn two_users_do_not_share_an_identity_or_a_token() {
    let world = World::new().await;
    let app = world.app().await;
    let (ada, ben) = (Browser::of("ada", &app).await, Browser::of("ben", &app).await);
    let ((ada_user, ada_token), (ben_user, ben_token)) = (ada.token().await, ben.token().await);
    assert_ne!(ada_user, ben_user);
    assert_ne!(ada_token, ben_token);
    ada.sign_out().await;
    assert!(world.emulator.is_active(&ben_token));
    assert_eq!(ben.token().await, (ben_user, ben_token));
}
