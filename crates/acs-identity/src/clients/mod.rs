//! The client and its convenience methods.

mod access;
mod bulk;
mod communication_identity_client;
mod communication_identity_client_ext;
mod identities;
mod request;

pub use bulk::{BulkResult, BulkStream};
pub use communication_identity_client::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
pub use communication_identity_client_ext::CommunicationIdentityClientExt;
