//! Tests that acknowledged changes are durable, even if the power fails, the disk is full or writes do not reach the
//! disk.
//!
//! All of them need strace, and root to mount file systems: `scripts/test.sh` runs them.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod disk;
mod export;
mod full;
mod history;
mod power;
mod strace;
mod sync;
