//! Tests of the artefacts of `cargo xtask release`, which are in the folder AZ_TEST_DIST. `scripts/test.sh` makes it.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod build;
mod deb;
mod dist;
mod image;
mod javascript;
mod kit_rust;
mod launcher;
mod licences;
mod machine;
mod manual;
mod node;
mod npm;
mod python;
mod registry;
mod release;
mod sbom;
mod service;
mod tarball;
mod wheel;
