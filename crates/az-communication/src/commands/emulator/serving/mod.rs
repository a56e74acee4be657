//! What the commands that run an emulator share: opening, listening, the files for clients, and the end.

pub(crate) mod at_end;
pub(crate) mod bundle;
pub(crate) mod bundle_file;
pub(crate) mod file_limit;
pub(crate) mod known_key;
pub(crate) mod listen;
pub(crate) mod opening;
pub(crate) mod temporary_folder;
pub(crate) mod threads;
pub(crate) mod until;
