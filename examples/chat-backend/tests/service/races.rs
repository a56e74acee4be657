//! Requests at the same time.

use std::time::Duration;

use acs_identity_emulator::testing::Fault;

use super::support::{Browser, World};

#[tokio::test]
async fn two_first_requests_at_once_make_one_identity_and_one_token() {
    let world = World::new().await;
    let app = world.app().await;
    let (phone, laptop) = (Browser::of("ada", &app).await, Browser::of("ada", &app).await);
    let (one, other) = tokio::join!(phone.token(), laptop.token());
    assert_eq!(one, other);
    assert_eq!(world.sent(), ["createIdentity", "issueAccessToken"]);
}

#[tokio::test]
async fn two_instances_of_the_app_agree_on_one_identity_and_delete_the_other() {
    let world = World::new().await;
    let (one, other) = (world.app().await, world.app().await);
    let (phone, laptop) = (Browser::of("ada", &one).await, Browser::of("ada", &other).await);
    world.emulator.faults().add(Fault::on("createIdentity").delay(Duration::from_secs(1)).times(1));
    let first = tokio::spawn(async move { phone.token().await });
    // The first creation is in the service. Until it is over, the second instance knows of no identity.
    while world.emulator.faults().list()[0].hits == 0 {
        tokio::task::yield_now().await;
    }
    let (user, token) = laptop.token().await;
    let (same_user, other_token) = first.await.unwrap();
    assert_eq!(user, same_user);
    assert_eq!(world.identity("ada").await.unwrap().as_str(), user);
    assert!(world.emulator.is_active(&token) && world.emulator.is_active(&other_token));
    let count = |operation| world.sent().into_iter().filter(|sent| *sent == operation).count();
    assert_eq!((count("createIdentity"), count("deleteIdentity")), (2, 1));
}

#[tokio::test]
async fn a_request_that_the_client_cancels_still_binds_the_identity() {
    let world = World::new().await;
    let ada = Browser::of("ada", &world.app().await).await;
    world.emulator.faults().add(Fault::on("createIdentity").delay(Duration::from_millis(200)));
    {
        let cancelled = ada.get_token();
        tokio::pin!(cancelled);
        while world.emulator.faults().list()[0].hits == 0 {
            tokio::select! {
                biased;
                _ = &mut cancelled => unreachable!("the service has not answered"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    ada.token().await;
    assert_eq!(world.sent(), ["createIdentity", "issueAccessToken"]);
}
