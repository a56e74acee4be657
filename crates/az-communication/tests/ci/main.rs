//! The files for CI services: what can be run of them without such a service.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod action;
