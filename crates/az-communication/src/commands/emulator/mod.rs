//! The commands of the emulator. The folders contain what several of them need.

pub(crate) mod clock;
pub(crate) mod control;
pub(crate) mod detach;
pub(crate) mod entra_token;
pub(crate) mod env;
pub(crate) mod environment;
pub(crate) mod export;
pub(crate) mod fault;
pub(crate) mod identity;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod new_authority;
pub(crate) mod options;
pub(crate) mod process;
pub(crate) mod request;
pub(crate) mod reset;
pub(crate) mod run;
pub(crate) mod running;
pub(crate) mod seed_file;
pub(crate) mod serving;
pub(crate) mod start;
pub(crate) mod state_file;
pub(crate) mod status;
pub(crate) mod stop;
