//! Policies around each request: retries, redirects, pauses, allowed targets of credentials, and logging.

pub(crate) mod dot_segments;
pub(crate) mod log_policy;
pub(crate) mod origin;
pub(crate) mod pace;
pub(crate) mod redirect;
pub(crate) mod retry;
pub(crate) mod retry_after;
