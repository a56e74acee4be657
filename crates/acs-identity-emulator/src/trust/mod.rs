//! What clients need to trust an emulator: bundles of certificates in PEM, a trust store for Java, and a folder for such
//! files.

pub mod bundle;
pub mod java;
mod temporary;

pub use temporary::{TEMPORARY_PREFIX, TemporaryFolder};
