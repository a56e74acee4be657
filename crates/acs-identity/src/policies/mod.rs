//! Policies of the HTTP pipeline.

mod access_key;
mod bounded_transport;
mod pace;
mod retry_after;
mod sign_in;

pub(crate) use access_key::AccessKeyPolicy;
pub(crate) use bounded_transport::BoundedTransport;
pub(crate) use pace::PacePolicy;
pub(crate) use sign_in::SignedInPolicy;
