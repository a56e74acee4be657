//! Which proxy a request goes through, and the way through it.

pub(crate) mod choice;
pub(crate) mod no_proxy;
pub(crate) mod proxy_error;
pub(crate) mod proxy_url;
pub(crate) mod tunnel;
