//! Functions that differ between operating systems: one interface with two implementations
//! (docs/decisions/other-systems.md of the repository). No other module depends on the operating system, except
//! `folder/mod.rs`, which selects one of two files.

#[cfg(any(not(unix), portable_system))]
mod portable;
#[cfg(all(unix, not(portable_system)))]
mod unix;

#[cfg(any(not(unix), portable_system))]
pub(crate) use portable::*;
#[cfg(all(unix, not(portable_system)))]
pub(crate) use unix::*;
