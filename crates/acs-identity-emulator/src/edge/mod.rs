//! HTTP. Each module uses only modules before it in this list: `http`, `routes`, `context`, `ending`, `tls_clients` and
//! `dashboard`, `backend`, `fault_rules`, `callers`, `api_version`, `table`, `openapi`, the handlers (`service`,
//! `public`, `page`, `control`, `introspect`, `entra`), `pipeline`.

mod api_version;
mod backend;
mod callers;
mod context;
mod control;
mod dashboard;
mod ending;
mod entra;
mod fault_rules;
mod http;
mod introspect;
mod openapi;
mod page;
mod pipeline;
mod public;
mod routes;
mod service;
mod table;
#[cfg(test)]
mod tests;
mod tls_clients;

pub use control::version::CONTROL_VERSION;
pub use dashboard::TrustFiles;

pub(crate) use callers::authentication::has_credentials;
pub(crate) use dashboard::Dashboard;
pub(crate) use ending::{Ended, Ending};
pub(crate) use http::connection::Connection;
pub(crate) use http::framing;
pub(crate) use http::refused_certificate;
pub(crate) use pipeline::{Dropped, Edge};
