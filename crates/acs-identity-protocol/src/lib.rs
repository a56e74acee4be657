#![doc = include_str!("../README.md")]
//!
//! # Main types
//!
//! * [`ConnectionString`] and [`AccessKey`]: read a connection string, sign and verify requests.
//! * [`RawId`]: tell what a raw id names.
//! * [`ApiVersion`]: find out what an api-version supports.
//! * [`TokenScope`], [`models::IssueAccessTokenRequest`] and [`models::AccessToken`]: ask for a token.
//! * [`error::ErrorBody`]: read why the service refused a request.

pub mod api_version;
pub mod claims;
pub mod connection_string;
mod development;
pub mod duration;
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
