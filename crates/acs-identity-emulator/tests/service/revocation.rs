//! Tests of the time when a revocation comes into force.

use std::time::{Duration, Instant};

use acs_identity_emulator::Config;

use super::support::running::Running;
use super::token_of;

#[test]
fn a_revocation_comes_into_force_after_the_delay() {
    let emulator = Running::start(Config { revocation_delay: Duration::from_secs(2), ..Config::in_memory() });
    let mut client = emulator.client();
    let user = client.create();
    let token = token_of(&client.issue(&user));
    assert_eq!(client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), "").status, 204);
    assert!(client.is_active(&token));
    let until = Instant::now() + Duration::from_secs(10);
    while client.is_active(&token) {
        assert!(Instant::now() < until, "never revoked");
        std::thread::sleep(Duration::from_millis(50));
    }
}
