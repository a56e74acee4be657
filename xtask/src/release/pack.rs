//! Archives with the same bytes on every machine.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

use crate::error::Error;

/// The kind of an entry.
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
    /// The path, without `/` at either end.
    pub path: String,
    /// The mode, such as `0o755`.
    pub mode: u32,
    /// The kind and the content.
    pub kind: Kind,
}

impl Entry {
    /// Makes a file that all users may read.
    pub fn file(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), mode: 0o644, kind: Kind::File(bytes.into()) }
    }

    /// Makes a file that all users may run.
    pub fn program(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { mode: 0o755, ..Self::file(path, bytes) }
    }

    /// Makes a folder that all users may read. `tar` adds missing parent folders by itself.
    pub fn folder(path: impl Into<String>) -> Self {
        Self { path: path.into(), mode: 0o755, kind: Kind::Folder }
    }

    /// Makes a symbolic link.
    pub fn link(path: impl Into<String>, to: impl Into<String>) -> Self {
        Self { path: path.into(), mode: 0o777, kind: Kind::Link(to.into()) }
    }

    /// Sets the mode.
    #[must_use]
    pub fn mode(self, mode: u32) -> Self {
        Self { mode, ..self }
    }
}

/// Returns a tar archive with the entries sorted by path. Each folder comes before its content. All entries belong to
/// root and have this time. `before` is put before each path (`./` in a Debian package, where the empty path is the
/// root folder).
///
/// # Errors
///
/// When a link is too long, or a path occurs twice.
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
    tar_without_folders(all, epoch, before)
}

/// Returns the same archive without folders that are not among the entries.
///
/// # Errors
///
/// The same.
pub fn tar_without_folders(entries: Vec<Entry>, epoch: u64, before: &str) -> Result<Vec<u8>, Error> {
    let mut all = entries;
    // Paths are compared component by component, so that a folder comes directly before its content.
    all.sort_by(|one, other| one.path.split('/').cmp(other.path.split('/')));
    if let Some(pair) = all.windows(2).find(|pair| pair[0].path == pair[1].path) {
        return Err(Error::new(format!("The archive would have '{}' twice.", pair[0].path)));
    }
    let mut builder = Builder::new(Vec::new());
    for entry in all {
        let mut header = Header::new_gnu();
        header.set_mode(entry.mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(epoch);
        let path = format!("{before}{}", entry.path);
        let bytes = match entry.kind {
            Kind::File(bytes) => {
                header.set_entry_type(EntryType::Regular);
                name(&mut builder, &mut header, &path)?;
                bytes
            }
            Kind::Folder => {
                header.set_entry_type(EntryType::Directory);
                name(&mut builder, &mut header, &format!("{}/", path.trim_end_matches('/')))?;
                Vec::new()
            }
            Kind::Link(to) => {
                header.set_entry_type(EntryType::Symlink);
                header.set_link_name_literal(to)?;
                name(&mut builder, &mut header, &path)?;
                Vec::new()
            }
        };
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        builder.append(&header, bytes.as_slice())?;
    }
    Ok(builder.into_inner()?)
}

/// Sets the exact path of an entry. `Header::set_path` would remove `./`. A long path gets its own entry before this
/// one, as in GNU tar.
fn name(builder: &mut Builder<Vec<u8>>, header: &mut Header, path: &str) -> Result<(), Error> {
    let bytes = path.as_bytes();
    let field = &mut header.as_old_mut().name;
    if let Some(start) = field.get_mut(..bytes.len()) {
        start.copy_from_slice(bytes);
        return Ok(());
    }
    let length = field.len();
    field.copy_from_slice(&bytes[..length]);
    let mut long = Header::new_gnu();
    let place = b"././@LongLink";
    long.as_old_mut().name[..place.len()].copy_from_slice(place);
    long.set_entry_type(EntryType::GNULongName);
    long.set_mode(0o644);
    long.set_uid(0);
    long.set_gid(0);
    long.set_mtime(0);
    let with_end = [bytes, b"\0"].concat();
    long.set_size(with_end.len() as u64);
    long.set_cksum();
    builder.append(&long, with_end.as_slice())?;
    Ok(())
}

/// Compresses like gzip, without a name and a time.
///
/// # Errors
///
/// Never, because it writes into memory.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Returns the SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use tar::Archive;

    use super::{Entry, gzip, sha256, tar};

    /// Returns the entries of an archive, one per line.
    fn listed(bytes: &[u8]) -> Vec<String> {
        let mut archive = Archive::new(bytes);
        let lines = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let header = entry.header();
            let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
            let link = entry.link_name_bytes().map(|to| format!(" -> {}", String::from_utf8_lossy(&to)));
            format!(
                "{:o} {}:{} {} {path}{} {text}",
                header.mode().unwrap(),
                header.uid().unwrap(),
                header.gid().unwrap(),
                header.mtime().unwrap(),
                link.unwrap_or_default()
            )
        });
        lines.collect()
    }

    #[test]
    fn an_archive_is_sorted_and_has_each_folder_before_what_is_in_it() {
        let long = format!("{}/x", "long".repeat(40));
        let entries = || {
            vec![
                Entry::file("b-/c", "1"),
                Entry::program("b/run", "2"),
                Entry::folder("state").mode(0o700),
                Entry::folder(""),
                Entry::link("b/also", "run"),
                Entry::file(long.clone(), "3"),
            ]
        };
        let archive = tar(entries(), 77, "./").unwrap();
        assert_eq!(
            listed(&archive),
            [
                "755 0:0 77 ./ ".to_owned(),
                "755 0:0 77 ./b/ ".into(),
                "777 0:0 77 ./b/also -> run ".into(),
                "755 0:0 77 ./b/run 2".into(),
                "755 0:0 77 ./b-/ ".into(),
                "644 0:0 77 ./b-/c 1".into(),
                format!("755 0:0 77 ./{}/ ", "long".repeat(40)),
                format!("644 0:0 77 ./{long} 3"),
                "700 0:0 77 ./state/ ".into(),
            ]
        );
        let mut turned = entries();
        turned.reverse();
        assert_eq!(tar(turned, 77, "./").unwrap(), archive);
    }

    #[test]
    fn an_archive_does_not_have_a_path_twice() {
        let error = tar(vec![Entry::file("a", "1"), Entry::file("a", "2")], 0, "").unwrap_err();
        assert_eq!(error.to_string(), "The archive would have 'a' twice.");
    }

    #[test]
    fn a_compressed_file_has_neither_name_nor_time() {
        let packed = gzip(b"text").unwrap();
        assert_eq!(packed[3..8], [0; 5]);
        let mut text = String::new();
        GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
    }

    #[test]
    fn sums_are_those_of_sha256sum() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
