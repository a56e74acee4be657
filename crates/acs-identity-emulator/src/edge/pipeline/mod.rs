//! The steps of a request: head, route, authentication by the headers, body, throttle, handler, response, log.

mod attempt;
mod edge;
mod finish;
mod outside;
mod points;
mod record;
mod steering;
mod tables;
mod throttle;

pub(crate) use edge::{Dropped, Edge};
#[cfg(test)]
pub(super) use tables::ROUTER;
