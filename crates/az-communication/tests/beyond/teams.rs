//! Tests of `token get-for-teams-user`: the sign-in by device code, and the messages about an Entra token.

use super::*;
use insta::assert_snapshot;

#[test]
fn a_device_code_signs_the_user_of_the_emulator_in() {
    let world = World::shared();
    let mut command =
        world.command(&format!("token get-for-teams-user --device-code --tenant {TENANT} --client {APP}"));
    command.env("AZURE_AUTHORITY_HOST", format!("https://localhost:{}", world.emulator.port()));
    let seen = run(&mut command);
    assert_snapshot!(seen.stderr, @"The emulator signs in its default user immediately; no code has to be entered.");
    let token = seen.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(world.ok(&format!("token inspect --token {token}"))["user_id"], format!("8:orgid:{TENANT}"));
}

#[test]
fn a_device_code_needs_a_tenant() {
    assert_snapshot!(named(World::shared().shows(&format!("token get-for-teams-user --device-code --client {APP}"))), @"
    exit 2
    --- stderr
    ERROR: --device-code needs --tenant.
    Hint: Give the tenant's id or domain.
    ");
}

#[test]
fn without_a_device_code_a_token_and_a_user_are_required() {
    let seen = World::shared().shows(&format!("token get-for-teams-user --client {APP}"));
    assert!(seen.code == Some(2) && seen.stderr.contains("required: --aad-token, --aad-user"), "{seen}");
}

/// Runs an exchange for this application and user.
fn exchange(world: &World, token: &str, app: &str, user: &str) -> Seen {
    let words = ["token", "get-for-teams-user", "--aad-token", token, "--client", app, "--aad-user", user];
    named(world.shown(&mut world.command_of(words)))
}

#[test]
fn a_good_token_is_exchanged_without_a_warning() {
    let world = World::shared();
    let token = entra_token(world, "");
    assert_snapshot!(exchange(world, &token, APP, OBJECT), @r#"
    exit 0
    --- stdout
    {
      "expires_on": "TIME",
      "token": "TOKEN"
    }
    "#);
}

#[test]
fn a_token_of_another_user_is_a_warning() {
    let world = World::shared();
    let token = entra_token(world, "");
    assert_snapshot!(exchange(world, &token, APP, TENANT), @"
    exit 1
    --- stderr
    WARNING: --aad-user is 'TENANT', the token's 'oid' is 'OBJECT'.
    ERROR: (ValidationError) Provided AAD token issued for unexpected user.
    Code: ValidationError
    Message: Provided AAD token issued for unexpected user.
    Target: userId
    ");
}

#[test]
fn a_token_of_another_application_is_a_warning() {
    let world = World::shared();
    let token = entra_token(world, "");
    assert_snapshot!(exchange(world, &token, OBJECT, OBJECT), @"
    exit 1
    --- stderr
    WARNING: --client is 'OBJECT', the token's 'appid' is 'APP'.
    ERROR: (ValidationError) AAD application is not the expected one.
    Code: ValidationError
    Message: AAD application is not the expected one.
    Target: appId
    ");
}

#[test]
fn an_expired_token_for_another_audience_with_too_few_permissions_is_a_warning_for_each() {
    let world = World::shared();
    let token = entra_token(world, "--expires-in=-5m --scopes Teams.ManageCalls --audience other");
    assert_snapshot!(exchange(world, &token, APP, OBJECT), @"
    exit 1
    --- stderr
    WARNING: The token expired 5 minutes ago (claim 'exp').
    WARNING: The token is for 'other' (claim 'aud'), not for https://auth.msft.communication.azure.com. Ask Entra for the scopes https://auth.msft.communication.azure.com/Teams.ManageCalls and https://auth.msft.communication.azure.com/Teams.ManageChats.
    WARNING: The token lacks the permission Teams.ManageChats (claim 'scp').
    ERROR: (InvalidAccessToken) Provided access token is not valid.
    Code: InvalidAccessToken
    Message: Provided access token is not valid.
    ");
}

#[test]
fn a_token_of_communication_services_is_a_warning() {
    let world = World::shared();
    let (_, token) = issued(world);
    assert_snapshot!(exchange(world, &token, APP, OBJECT), @"
    exit 1
    --- stderr
    WARNING: This is an access token of Communication Services, not of Entra.
    ERROR: (InvalidAccessToken) Provided access token is not valid.
    Code: InvalidAccessToken
    Message: Provided access token is not valid.
    ");
}

#[test]
fn a_text_that_is_not_a_token_comes_with_a_hint() {
    assert_snapshot!(exchange(World::shared(), "nonsense", APP, OBJECT), @"
    exit 1
    --- stderr
    ERROR: (InvalidAccessToken) Provided access token is not valid.
    Code: InvalidAccessToken
    Message: Provided access token is not valid.
    Hint: --aad-token is not an access token of Entra: a JWT has three parts separated by dots, but this has 1.
    ");
}

/// A token is sent unchanged, so the characters around it are part of it.
#[test]
fn what_stands_around_a_token_comes_with_a_hint() {
    let world = World::shared();
    let token = token(r#"{"exp": 1}"#);
    for (given, hint) in [
        (format!("Bearer {token}"), "Hint: --aad-token contains 'Bearer' before the token. Remove it.\n"),
        (format!("\"{token}\""), "Hint: --aad-token is in quotes, which are part of the value. Remove them.\n"),
        (format!("{{\"token\": \"{token}\"}}"), "--query token -o tsv"),
        (format!("\u{feff}{token}"), "U+FEFF, byte-order mark"),
    ] {
        let words = ["token", "get-for-teams-user", "--client", "a", "--aad-user", "b", "--aad-token", &given];
        let seen = run(&mut world.command_of(words));
        assert_eq!(seen.code, Some(1));
        assert!(seen.stderr.contains(hint) && !seen.stderr.contains("eyJ"), "{seen}");
    }
}
