//! Tests of several emulators on one PostgreSQL database, behind a balancer: they are one service.
//!
//! `rig` tests the servers of others that the tests start. They need Debian packages, and some need root:
//! `scripts/test.sh` installs the packages and runs all of them.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod behind;
mod control;
mod cut_off;
mod disturbances;
mod doors;
mod first_starts;
mod load;
mod locked;
mod one_service;
mod pairs;
mod rig;
mod store_gone;
mod suites;

#[path = "../histories/check.rs"]
mod check;
#[path = "../histories/clients.rs"]
mod clients;
#[path = "../histories/clock.rs"]
mod clock;
#[path = "../histories/clock_requests.rs"]
mod clock_requests;
#[path = "../histories/record.rs"]
mod record;
#[path = "../histories/world.rs"]
mod world;

/// Returns whether the tests run in their long form.
fn is_long() -> bool {
    std::env::var_os("AZ_LONG").is_some()
}
