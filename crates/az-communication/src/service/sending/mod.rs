//! Policies around each request: what is sent again, where redirects lead, where credentials may go, what is logged.

pub(crate) mod log_policy;
pub(crate) mod origin;
pub(crate) mod redirect;
pub(crate) mod retry;
pub(crate) mod retry_after;
