//! Nothing secret is in the log or in `Debug`.

use chat_backend::{App, TIMEOUTS, router};

use super::log;
use super::support::{Browser, World};

#[tokio::test]
async fn neither_the_log_nor_debug_shows_a_token_a_session_or_a_key() {
    let world = World::new().await;
    let app = App::new(world.store().await, world.client(TIMEOUTS));
    let ada = Browser::of("ada", &router(app.clone())).await;
    let (user, token) = ada.token().await;
    let debug = format!("{app:?}");
    // The error of the app, and the answer of the service are logged.
    world.is_too_busy_to("revokeAccessTokens");
    ada.sign_out().await;

    let log = log::text();
    assert!(log.contains("the service: 429") && debug.contains(&user), "{debug}");
    let session = ada.cookie.strip_prefix("session=").unwrap();
    let (_, key) = world.emulator.connection_string().split_once("accesskey=").unwrap();
    for (name, secret) in [("token", token.as_str()), ("session", session), ("key", key)] {
        assert!(!secret.is_empty());
        assert!(!log.contains(secret), "the {name} is in the log");
        assert!(!debug.contains(secret), "the {name} is in {debug}");
    }
}
