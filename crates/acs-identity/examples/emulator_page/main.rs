//! The program for Rust that the page of the emulator shows. The file is a copy of its text, so it is not formatted
//! here. A test compares both (tests/page/snippets.test.mjs), and `AZ_WRITE_DOCS=1` writes the copy.

include!("program.rs");
