//! The commands: one folder per group, one file per command, and `table.rs`, which lists all commands.

pub(crate) mod arguments;
pub(crate) mod assignment;
pub(crate) mod completion;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod entra;
pub(crate) mod manual;
pub(crate) mod shim;
pub mod table;
pub(crate) mod teams_extension;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod version;
#[cfg(test)]
mod words_tests;
