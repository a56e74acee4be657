#![doc = include_str!("../README.md")]

pub mod api_version;
pub mod claims;
pub mod connection_string;
pub mod endpoint;
pub mod error;
pub mod jwt;
pub mod models;
pub mod raw_id;
pub mod scope;
pub mod signature;
pub mod time;
pub mod visible;

pub use api_version::ApiVersion;
pub use connection_string::ConnectionString;
pub use raw_id::RawId;
pub use scope::TokenScope;
pub use signature::AccessKey;
