//! Helpers that the tests share.
#![allow(dead_code, missing_docs)]

pub mod client;
pub mod events;
pub mod exchanges;
pub mod folder;
pub mod running;
