//! Tests of rate limits, which are off unless the configuration enables them.

use acs_identity_emulator::Config;

use super::support::client::Answer;
use super::support::running::Running;

/// Sends one more revocation than the limit allows in a window. Returns the first response that is refused.
fn refused_of_a_burst(emulator: &Running) -> Option<Answer> {
    let mut client = emulator.client();
    let user = client.create();
    (0..501)
        .map(|_| client.send("POST", &format!("/identities/{user}/:revokeAccessTokens"), ""))
        .find(|answer| answer.status != 204)
}

#[test]
fn without_limits_a_burst_is_served() {
    assert!(refused_of_a_burst(&Running::in_memory()).is_none());
}

#[test]
fn with_limits_a_burst_is_refused_and_told_when_to_try_again() {
    let emulator = Running::start(Config { throttle: true, ..Config::in_memory() });
    let refused = refused_of_a_burst(&emulator).unwrap();
    assert_eq!((refused.status, refused.code()), (429, "TooManyRequests"));
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=31).contains(&seconds));
}
