//! The files by which other processes find an emulator: the ready file and the pid file.

pub(crate) mod default_paths;
pub(crate) mod process_file;
pub(crate) mod ready_line;
