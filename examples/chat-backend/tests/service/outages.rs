//! The service is busy, away, or refuses: nothing is bound that is not known.

use std::time::Duration;

use acs_identity_emulator::testing::Fault;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;

use super::support::{Answer, Browser, IMPATIENT, World};

fn assert_unavailable(answer: &Answer, code: &str, retry_after: &str) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
    assert_eq!(answer.body["code"], code);
    assert_eq!(answer.headers[RETRY_AFTER], retry_after);
}

/// The user has no identity, and gets one when the service works again.
async fn assert_nothing_is_bound(world: &World, ada: &Browser) {
    assert_eq!(world.identity("ada").await, None);
    world.emulator.faults().clear();
    let (user, token) = ada.at(&world.app().await).token().await;
    assert!(world.emulator.is_active(&token));
    assert_eq!(world.identity("ada").await.unwrap().as_str(), user);
}

#[tokio::test]
async fn a_busy_service_is_reported_with_the_time_that_it_asks_for() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    world.is_too_busy_to("createIdentity");
    assert_unavailable(&ada.get_token().await, "busy", "30");
    assert_eq!(world.sent(), ["createIdentity"]);
    assert_nothing_is_bound(&world, &ada).await;
}

#[tokio::test]
async fn a_service_that_fails_is_reported_as_away() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    world.emulator.faults().add(Fault::on("createIdentity").status(503));
    assert_unavailable(&ada.get_token().await, "away", "5");
    assert_eq!(world.sent(), ["createIdentity"], "a creation is not sent again");
    assert_nothing_is_bound(&world, &ada).await;
}

#[tokio::test]
async fn a_service_that_does_not_answer_in_time_is_reported_as_away() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app_with(IMPATIENT).await).await;
    world.emulator.faults().add(Fault::on("createIdentity").delay(Duration::from_secs(60)));
    assert_unavailable(&ada.get_token().await, "away", "5");
    assert_nothing_is_bound(&world, &ada).await;
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_binds_nothing() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    world.emulator.faults().add(Fault::on("createIdentity").drop_after());
    assert_unavailable(&ada.get_token().await, "away", "5");
    assert_nothing_is_bound(&world, &ada).await;
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_is_reported_as_away() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app_with(IMPATIENT).await).await;
    drop(world.emulator);
    assert_unavailable(&ada.get_token().await, "away", "5");
}

#[tokio::test]
async fn an_identity_is_kept_if_its_token_fails() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    world.is_too_busy_to("issueAccessToken");
    assert_unavailable(&ada.get_token().await, "busy", "30");
    let identity = world.identity("ada").await.unwrap();
    world.emulator.faults().clear();
    assert_eq!(ada.token().await.0, identity.as_str());
}

#[tokio::test]
async fn a_refusal_is_not_reported_as_an_outage() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    world.emulator.faults().add(Fault::on("createIdentity").status(403));
    let answer = ada.get_token().await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::BAD_GATEWAY, &"refused".into()));
    assert!(!answer.headers.contains_key(RETRY_AFTER));
}
