//! The headings in the help of `start` and `run`.

pub(crate) const ADDRESS: &str = "Address";
pub(crate) const DATA: &str = "Data";
pub(crate) const PROCESS: &str = "Process";
pub(crate) const ACCESS: &str = "Access";
pub(crate) const BEHAVIOUR: &str = "Behaviour";
pub(crate) const LOG: &str = "Log";
