//! What systems do in different ways: one surface, and two variants of it (docs/decisions/other-systems.md of the repository).
//! Nothing else asks which system it runs on, but `folder/mod.rs`, which takes one of two files.

#[cfg(any(not(unix), portable_system))]
mod portable;
#[cfg(all(unix, not(portable_system)))]
mod unix;

#[cfg(any(not(unix), portable_system))]
pub(crate) use portable::*;
#[cfg(all(unix, not(portable_system)))]
pub(crate) use unix::*;
