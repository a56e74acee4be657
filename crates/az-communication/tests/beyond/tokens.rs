//! Lifetimes and scopes of tokens.

use super::*;
use insta::assert_snapshot;

#[test]
fn a_lifetime_is_written_in_minutes_hours_or_as_iso_8601() {
    let world = World::shared();
    for (given, minutes) in [("90m", 90), ("1h", 60), ("24h", 1440), ("PT90M", 90), ("100", 100)] {
        for group in ["user-identity", "identity"] {
            let mut command = world.emulator.az(&world.home);
            command.args(["communication", group, "token", "issue", "--scope", "chat", "--query", "token"]);
            let token = run(command.args(["-o", "tsv", "--expires-in", given])).stdout;
            let claims = &world.ok(&format!("token inspect --token {token}"))["claims"];
            let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
            assert_eq!(lifetime, minutes * 60, "{given}");
        }
    }
}

#[test]
fn a_lifetime_that_the_service_refuses_comes_with_its_limits() {
    assert_snapshot!(World::shared().shows("token issue --scope chat --expires-in 59"), @"
    exit 1
    --- stderr
    ERROR: (ValidationError) ExpiresInMinutes value 59 is invalid. Value must be within the [60, 1440] interval.
    Code: ValidationError
    Message: ExpiresInMinutes value 59 is invalid. Value must be within the [60, 1440] interval.
    Target: ExpiresInMinutes
    Hint: A token lives 60 to 1440 minutes: --expires-in 1h to 24h.
    ");
}

#[test]
fn every_known_scope_can_be_asked_for() {
    let world = World::shared();
    let issued = world.ok("token issue --scope chat voip chat.join chat.join.limited voip.join");
    assert!(issued["token"].is_string(), "{issued}");
}

#[test]
fn an_unknown_scope_is_refused_by_the_service() {
    assert_snapshot!(World::shared().shows("token issue --scope caht"), @"
    exit 1
    --- stderr
    WARNING: 'caht' is not a known scope. Did you mean 'chat'?
    ERROR: (ValidationError) Invalid scopes - Scope 'caht' is not supported.
    Code: ValidationError
    Message: Invalid scopes - Scope 'caht' is not supported.
    Target: scopes
    ");
}
