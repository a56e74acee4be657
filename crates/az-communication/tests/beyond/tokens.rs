//! Tests of the lifetimes and scopes of tokens.

use super::*;
use insta::assert_snapshot;

/// Returns the lifetime in minutes of a token that was requested with this value.
fn lifetime(group: &str, given: &str) -> i64 {
    let world = World::shared();
    let mut command = world.emulator.az(&world.home);
    command.args(["communication", group, "token", "issue", "--scope", "chat", "--query", "token"]);
    let seen = run(command.args(["-o", "tsv", "--expires-in", given]));
    let claims = &world.ok(&format!("token inspect --token {}", seen.stdout))["claims"];
    (claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()) / 60
}

#[test]
fn a_lifetime_is_a_number_of_minutes_or_has_units_or_the_form_of_iso_8601() {
    for (given, minutes) in [
        ("100", 100),
        ("90m", 90),
        ("1h", 60),
        ("24h", 1440),
        ("1d", 1440),
        ("1h30m", 90),
        ("1h 30m", 90),
        ("90 min", 90),
        ("1.5h", 90),
        ("2 hours", 120),
        ("PT90M", 90),
        ("P1D", 1440),
    ] {
        assert_eq!(lifetime("user-identity", given), minutes, "{given}");
    }
}

#[test]
fn both_groups_have_the_option_for_a_lifetime() {
    assert_eq!(lifetime("identity", "90m"), 90);
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
    Hint: The lifetime of a token must be between 60 and 1440 minutes: --expires-in 1h to 24h.
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

/// The scopes are sent as one value, as the reference does.
#[test]
fn several_scopes_in_one_value_are_a_warning() {
    let world = World::shared();
    for scope in ["chat voip", "chat,voip", "chat, voip", "chat;voip", "chat/voip"] {
        let seen = run(world.command("token issue").args(["--scope", scope]));
        let warning = format!(
            "WARNING: '{scope}' is not a known scope. It is sent as one value. Give several scopes as several values: --scope \
             chat voip\n"
        );
        assert!(seen.code == Some(1) && seen.stderr.starts_with(&warning), "{seen}");
        assert!(seen.stderr.contains(&format!("Scope '{scope}' is not supported.")), "{seen}");
    }
}
