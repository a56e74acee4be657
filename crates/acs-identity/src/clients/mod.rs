//! The client and its convenience methods.

mod answer;
mod bulk;
mod communication_identity_client;
mod communication_identity_client_ext;
mod endpoint;
mod entra;
mod identities;
mod introspection;
mod pages;
mod request;
mod teams_extension;
mod versions;

pub use bulk::{BulkResult, BulkStream};
pub use communication_identity_client::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
pub use communication_identity_client_ext::CommunicationIdentityClientExt;
