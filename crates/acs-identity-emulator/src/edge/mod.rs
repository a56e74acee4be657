//! HTTP. A request goes one way: head, route, authentication by the headers, body, throttle, handler, response, log.

mod backend;
mod callers;
mod control;
mod entra;
mod introspect;
mod openapi;
mod pipeline;
mod points;
mod public;
mod request;
mod response;
mod routes;
mod service;
#[cfg(test)]
mod tests;
mod throttle;
mod versions;

pub(crate) use callers::authentication::has_credentials;
pub(crate) use pipeline::{Dropped, Edge};
pub(crate) use request::connection::Connection;
pub(crate) use request::framing;
