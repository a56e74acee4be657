//! Policies of the HTTP pipeline.

mod access_key;
mod pace;

pub(crate) use access_key::AccessKeyPolicy;
pub(crate) use pace::PacePolicy;
