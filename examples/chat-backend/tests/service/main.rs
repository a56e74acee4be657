//! The tests of the app, with the test kit for Rust: each test has an emulator and a database of its own.

mod accounts;
mod answers;
mod log;
mod outages;
mod races;
mod secrets;
mod sign_out;
mod support;
mod tokens;
