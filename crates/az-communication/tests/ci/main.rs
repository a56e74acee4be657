//! Tests of the files for CI services, as far as they can run without such a service.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod action;
