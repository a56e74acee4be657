//! Tests of commands that the reference lacks, against the emulator: each feature, and each error with its text.
#![cfg(unix)]

mod assignments;
mod doctor;
mod identities;
mod inspect;
mod logins;
#[path = "../support/mod.rs"]
mod support;
mod teams;
mod tokens;
mod verify;

use std::process::Command;

use support::seen::{Seen, each, run, run_reading};
use support::world::World;
use support::{Folder, az};

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const OBJECT: &str = "22222222-2222-2222-2222-222222222222";
const APP: &str = "33333333-3333-3333-3333-333333333333";

/// Creates a user with a token. Returns both.
fn issued(world: &World) -> (String, String) {
    let issued = world.ok("token issue --scope chat");
    (issued["user_id"].as_str().unwrap().to_owned(), issued["token"].as_str().unwrap().to_owned())
}

/// Returns a token that the emulator signs as Entra does, with these options.
fn entra_token(world: &World, options: &str) -> String {
    entra_token_of(world, OBJECT, options)
}

/// Returns such a token for another user.
fn entra_token_of(world: &World, object: &str, options: &str) -> String {
    let mut command = world.emulator.az(&world.home);
    command.args(["communication", "emulator", "entra-token", "--oid", object, "--appid", APP]);
    let seen = run(command.args(options.split_whitespace()));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""));
    seen.stdout.trim().to_owned()
}

/// Puts names in place of the ids of tenants, objects and applications.
fn named(seen: Seen) -> Seen {
    seen.hiding(TENANT, "TENANT").hiding(OBJECT, "OBJECT").hiding(APP, "APP").hiding_ids()
}

/// Returns a token with these claims that no issuer has signed.
fn token(claims: &str) -> String {
    use base64::Engine as _;
    format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims))
}

/// Returns the same token with another signature.
fn changed(token: &str) -> String {
    let (before, after) = token.split_at(token.len() - 100);
    format!("{before}{}{}", if after.starts_with('A') { "B" } else { "A" }, &after[1..])
}
