//! The steps of a request: head, route, authentication by the headers, body, throttle, handler, response, log.

mod edge;
mod finish;
mod points;
mod record;
mod throttle;

#[cfg(test)]
pub(super) use edge::ROUTER;
pub(crate) use edge::{Dropped, Edge};
