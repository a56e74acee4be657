//! The environment of the command of `emulator run`.

pub(crate) mod certificates;
pub(crate) mod variables;
