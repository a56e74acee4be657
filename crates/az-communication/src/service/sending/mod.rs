//! Policies around each request: retries, redirects, allowed targets of credentials, and logging.

pub(crate) mod log_policy;
pub(crate) mod origin;
pub(crate) mod redirect;
pub(crate) mod retry;
pub(crate) mod retry_after;
