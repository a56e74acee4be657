//! How the commands reach the service: the SDK's client on a transport of our own that starts in microseconds.

mod block_on;
mod connection;
mod debug_policy;
mod fetch;
mod header;
mod http1;
mod proxy;
mod redirect;
mod retry;
mod service;
mod service_error;
mod signed;
mod tls;
mod transport;
mod trust;
mod x509;

pub use connection::{Connection, connect_options};
pub use fetch::fetch_json;
pub use service::{Service, object};
pub use signed::post;
pub use trust::BUNDLE_VARIABLES;
