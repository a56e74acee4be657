//! Archives that are the same bytes wherever they are written.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

use crate::error::Error;

/// What an entry of an archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file with these bytes.
    File(Vec<u8>),
    /// A folder.
    Folder,
    /// A symbolic link to this path.
    Link(String),
}

/// An entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path, without `/` at either end.
    pub path: String,
    /// Its rights, as in `0o755`.
    pub mode: u32,
    /// The numbers of its user and group.
    pub owner: (u64, u64),
    /// What it is.
    pub kind: Kind,
}

impl Entry {
    /// A file that everybody may read.
    pub fn file(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), mode: 0o644, owner: (0, 0), kind: Kind::File(bytes.into()) }
    }

    /// A file that everybody may run.
    pub fn program(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { mode: 0o755, ..Self::file(path, bytes) }
    }

    /// A folder that everybody may read. `tar` makes those that a path needs by itself.
    pub fn folder(path: impl Into<String>) -> Self {
        Self { path: path.into(), mode: 0o755, owner: (0, 0), kind: Kind::Folder }
    }

    /// A symbolic link.
    pub fn link(path: impl Into<String>, to: impl Into<String>) -> Self {
        Self { path: path.into(), mode: 0o777, owner: (0, 0), kind: Kind::Link(to.into()) }
    }

    /// Gives it other rights.
    #[must_use]
    pub fn mode(self, mode: u32) -> Self {
        Self { mode, ..self }
    }

    /// Gives it to another user and group.
    #[must_use]
    pub fn owner(self, user: u64, group: u64) -> Self {
        Self { owner: (user, group), ..self }
    }
}

/// A tar archive: the entries by their paths, each folder above an entry before it, all with this time.
/// `before` stands in front of each path (`./` in a Debian package).
///
/// # Errors
///
/// When a path cannot be stored, or stands there twice.
pub fn tar(entries: Vec<Entry>, epoch: u64, before: &str) -> Result<Vec<u8>, Error> {
    let mut all = entries;
    let mut folders: Vec<String> = Vec::new();
    for entry in &all {
        let ends = entry.path.match_indices('/').map(|(at, _)| at);
        folders.extend(ends.map(|end| entry.path[..end].to_owned()));
    }
    folders.sort();
    folders.dedup();
    folders.retain(|folder| !all.iter().any(|entry| entry.path == *folder));
    all.extend(folders.into_iter().map(Entry::folder));
    // Component by component, so that a folder stands right before what is in it.
    all.sort_by(|one, other| one.path.split('/').cmp(other.path.split('/')));
    if let Some(pair) = all.windows(2).find(|pair| pair[0].path == pair[1].path) {
        return Err(Error::new(format!("The archive would have '{}' twice.", pair[0].path)));
    }
    let mut builder = Builder::new(Vec::new());
    for entry in all {
        let mut header = Header::new_gnu();
        header.set_mode(entry.mode);
        header.set_uid(entry.owner.0);
        header.set_gid(entry.owner.1);
        header.set_mtime(epoch);
        let path = format!("{before}{}", entry.path);
        match entry.kind {
            Kind::File(bytes) => {
                header.set_entry_type(EntryType::Regular);
                header.set_size(bytes.len() as u64);
                builder.append_data(&mut header, path, bytes.as_slice())?;
            }
            Kind::Folder => {
                header.set_entry_type(EntryType::Directory);
                header.set_size(0);
                builder.append_data(&mut header, format!("{path}/"), std::io::empty())?;
            }
            Kind::Link(to) => {
                header.set_entry_type(EntryType::Symlink);
                header.set_size(0);
                builder.append_link(&mut header, path, to)?;
            }
        }
    }
    Ok(builder.into_inner()?)
}

/// Compressed as gzip does it, without a name and a time.
///
/// # Errors
///
/// Never: it writes into memory.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
