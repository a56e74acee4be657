//! The context of a request, which every step receives: the request, its route, its caller, and its body as JSON.

mod any_case;
pub(super) mod json;
pub(super) mod members;
pub(super) mod principal;
pub(super) mod request;
