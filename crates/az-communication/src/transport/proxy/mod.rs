//! The choice of a proxy, and the connection through it.

pub(crate) mod choice;
pub(crate) mod no_proxy;
pub(crate) mod proxy_error;
pub(crate) mod proxy_url;
pub(crate) mod tunnel;
