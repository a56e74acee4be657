//! Tests of several emulators on one PostgreSQL database, behind a balancer: they are one service.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod rig;
