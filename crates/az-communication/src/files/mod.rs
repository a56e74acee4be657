//! Files of this machine: how they are read, written, told apart and put down whole.

pub(crate) mod journal;
pub(crate) mod place;
pub(crate) mod private_file;
pub(crate) mod text_file;
pub(crate) mod text_mode;
