#![doc = include_str!("../README.md")]
//!
//! # Main types
//!
//! * [`CommunicationIdentityClient`]: the operations of the service.
//! * [`CommunicationIdentityClientExt`]: short methods for the usual cases. They return a [`UserId`] or an
//!   [`AccessToken`].
//! * [`CommunicationIdentityClientOptions`]: the api-version, and the options of `azure_core`.
//! * [`Timeouts`]: how long a call waits; [`UnknownOutcome`]: the error of a creation whose answer is lost.
//! * [`models::TokenScope`], [`models::CreateIdentityResult`]: what requests and responses contain.
//! * [`models::ErrorBody`], [`models::codes`]: the error of the service.
//! * [`BulkStream`]: the results of many requests.
//! * [`ConnectionString`]: a connection string that was parsed before.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod clients;
pub mod connection_string;
mod failure;
pub mod models;
mod operation;
mod policies;
mod refused;
mod secrets;
mod sender;
mod timeouts;
mod timer;
mod unknown_outcome;

pub use acs_identity_protocol::{ConnectionString, api_version};
#[doc(inline)]
pub use azure_core::credentials::AccessToken;
pub use clients::{
    BulkResult, BulkStream, CommunicationIdentityClient, CommunicationIdentityClientExt,
    CommunicationIdentityClientOptions,
};
pub use models::UserId;
pub use timeouts::Timeouts;
pub use unknown_outcome::UnknownOutcome;
