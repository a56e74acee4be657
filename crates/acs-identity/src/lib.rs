#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod clients;
pub mod models;
mod policies;

pub use acs_identity_protocol::api_version;
pub use clients::{
    BulkResult, BulkStream, CommunicationIdentityClient, CommunicationIdentityClientExt,
    CommunicationIdentityClientOptions,
};
