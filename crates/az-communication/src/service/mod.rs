//! The connection of the commands to the service: the client of the SDK on our own transport, which starts in
//! microseconds.

pub(crate) mod access;
pub(crate) mod answer;
pub(crate) mod authority;
pub(crate) mod belongs;
pub(crate) mod calls;
pub(crate) mod connection;
pub(crate) mod doctor;
pub(crate) mod emulator_files;
pub(crate) mod emulator_options;
pub(crate) mod failure;
pub(crate) mod fetch;
pub(crate) mod form;
pub(crate) mod jwks;
pub(crate) mod ledger;
pub(crate) mod login;
pub(crate) mod network;
pub(crate) mod odata_error;
pub(crate) mod page;
pub(crate) mod sending;
pub(crate) mod signed;
pub(crate) mod teams_token;
pub(crate) mod validity;
pub(crate) mod words;
