//! HTTP. Each module uses only modules before it in this list: `http`, `routes`, `context`, `ending`, `tls_clients`,
//! `trust_files`, `backend`, `callers`, `api_version`, `table`, `openapi`, the handlers (`service`, `public`, `control`,
//! `introspect`, `entra`), `pipeline`.

mod api_version;
mod backend;
mod callers;
mod context;
mod control;
mod ending;
mod entra;
mod http;
mod introspect;
mod openapi;
mod pipeline;
mod public;
mod routes;
mod service;
mod table;
#[cfg(test)]
mod tests;
mod tls_clients;
mod trust_files;

pub use control::version::CONTROL_VERSION;

pub(crate) use callers::authentication::has_credentials;
pub(crate) use ending::{Ended, Ending};
pub(crate) use http::connection::Connection;
pub(crate) use http::framing;
pub(crate) use http::refused_certificate;
pub(crate) use pipeline::{Dropped, Edge};
