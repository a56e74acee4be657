//! How the commands reach the service: the SDK's client on a transport of our own that starts in microseconds.

mod access;
mod block_on;
mod connect;
mod connection;
mod debug_policy;
pub mod doctor;
mod failure;
mod fetch;
mod header;
mod http1;
mod jwks;
mod login;
mod odata_error;
mod proxy;
mod redirect;
mod retry;
mod service;
mod signed;
mod teams_token;
mod tls;
mod transport;
mod transport_error;
mod trust;
mod tunnel;
mod words;
mod x509;

pub use access::{Access, Principal};
pub use connection::{Auth, CONNECT_OPTIONS, Connection};
pub use failure::{Failure, ServiceErrorKind};
pub use fetch::{fetch_json, fetch_json_of, post_form};
pub use jwks::{Verdict, verify};
pub use service::{Service, object};
pub use signed::post;
pub use teams_token::teams_token_problems;
pub use trust::BUNDLE_VARIABLES;
