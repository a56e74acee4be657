//! The environment of the command of `emulator run`, which `emulator env` prints.

pub(crate) mod certificates;
pub(crate) mod java;
pub(crate) mod search_path;
pub(crate) mod variables;
