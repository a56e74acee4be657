//! Files with which clients trust an emulator: bundles of certificates in PEM, a trust store for Java, and a temporary
//! folder for such files.

pub mod bundle;
pub mod java;
mod temporary;

pub use temporary::{TEMPORARY_PREFIX, TemporaryFolder};
