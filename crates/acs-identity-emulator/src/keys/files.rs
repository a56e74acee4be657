//! Files of keys and certificates: see [`crate::folder::files`].

pub(crate) use crate::folder::files::*;
