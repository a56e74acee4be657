#![doc = include_str!("../README.md")]
//!
//! # Main types
//!
//! * [`CommunicationIdentityClient`]: the operations of the service.
//! * [`CommunicationIdentityClientExt`]: short methods for the usual cases.
//! * [`CommunicationIdentityClientOptions`]: the api-version, and the options of `azure_core`.
//! * [`models::TokenScope`], [`models::AccessToken`], [`models::Identity`]: what requests and responses contain.
//! * [`Timeouts`]: how long a call waits; [`UnknownOutcome`]: the error of a creation whose answer is lost.
//! * [`models::ErrorBody`]: the error of the service.
//! * [`BulkStream`]: the results of many requests.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod clients;
mod failure;
pub mod models;
mod operation;
mod policies;
mod sender;
mod timeouts;
mod timer;
mod unknown_outcome;

pub use acs_identity_protocol::api_version;
pub use clients::{
    BulkResult, BulkStream, CommunicationIdentityClient, CommunicationIdentityClientExt,
    CommunicationIdentityClientOptions,
};
pub use timeouts::Timeouts;
pub use unknown_outcome::UnknownOutcome;
