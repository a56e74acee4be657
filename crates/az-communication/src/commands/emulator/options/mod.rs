//! The options of the emulator: their table, and how they are read.

pub(crate) mod access_key;
pub(crate) mod clock_time;
pub(crate) mod configuration;
pub(crate) mod control_secret;
pub(crate) mod data_folder;
pub(crate) mod declared;
pub(crate) mod headings;
pub(crate) mod host;
pub(crate) mod origin;
pub(crate) mod path_text;
pub(crate) mod read;
pub(crate) mod secret;
pub(crate) mod similar_variables;
pub(crate) mod store;
pub(crate) mod trusted_issuers;
