//! What can be set.

use std::path::PathBuf;

use acs_identity_protocol::AccessKey;

/// Where the data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In a folder: the database, the keys and the certificates.
    Folder(PathBuf),
    /// In memory; gone when the emulator ends. Keys are made anew each time.
    Memory,
}

/// The emulator's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the data is kept.
    pub storage: Storage,
    /// The access key that requests are signed with.
    pub access_key: AccessKey,
    /// Whether api-versions that are newer than all known ones are refused rather than served as the newest.
    pub strict_api_version: bool,
    /// Whether requests are logged, a line each.
    pub log_requests: bool,
}

impl Config {
    /// Everything in memory, the well-known key.
    pub fn in_memory() -> Self {
        Self {
            storage: Storage::Memory,
            access_key: AccessKey::development(),
            strict_api_version: false,
            log_requests: false,
        }
    }

    /// Everything in a folder, the well-known key.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { storage: Storage::Folder(folder.into()), ..Self::in_memory() }
    }
}
