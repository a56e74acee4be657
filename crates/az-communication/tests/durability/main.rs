//! What the emulator acknowledged lasts, also where the power fails, the disk is full or writes do not reach the disk.
//!
//! All of it needs root, which mounts file systems of its own, and strace: `scripts/test.sh` runs it.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod disk;
mod full;
mod history;
mod power;
mod strace;
mod sync;
