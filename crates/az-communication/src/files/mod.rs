//! Files of this machine: reading, writing and comparing them, and replacing them as a whole.

pub(crate) mod durable_file;
pub(crate) mod journal;
pub(crate) mod place;
pub(crate) mod private_file;
pub(crate) mod target;
pub(crate) mod text_file;
pub(crate) mod text_mode;
