//! Bundles of certificates in PEM: the roots that the user trusts already, and the emulator's authority.

use std::collections::HashSet;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Read as _};
use std::path::Path;

/// The largest file that is read, in bytes. A bundle of all public roots has about 250 KB.
const LIMIT: u64 = 16 * 1024 * 1024;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// Reads the certificates of a PEM file, or of all files of a folder.
///
/// # Errors
///
/// Fails when the path cannot be read, or holds no certificate.
pub fn read(path: &Path) -> io::Result<String> {
    let none = || io::Error::new(io::ErrorKind::InvalidData, "it does not contain a certificate in PEM");
    if !path.is_dir() {
        return read_file(path).and_then(|text| if text.contains(BEGIN) { Ok(text) } else { Err(none()) });
    }
    let mut texts = Vec::new();
    for entry in fs::read_dir(path)? {
        // Folders of certificates contain other files, too. They are skipped.
        texts.extend(entry.and_then(|entry| read_file(&entry.path())).ok().filter(|text| text.contains(BEGIN)));
    }
    if texts.is_empty() { Err(none()) } else { Ok(join(texts.iter().map(String::as_str))) }
}

fn read_file(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    // Reading a pipe would wait for ever.
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    let mut content = Vec::new();
    fs::File::open(path)?.take(LIMIT).read_to_end(&mut content)?;
    // Comments in the file may have any encoding.
    Ok(String::from_utf8(content).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Joins the certificates of all texts. Each certificate occurs once, and comments are left out.
pub fn join<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    let mut seen = HashSet::new();
    for block in texts.into_iter().flat_map(blocks) {
        if seen.insert(Bare::of(block)) {
            joined.push_str(block);
            joined.push('\n');
        }
    }
    joined
}

/// A block without whitespace, because files break its lines in different places.
#[derive(PartialEq, Eq)]
struct Bare(Vec<u8>);

impl Bare {
    fn of(block: &str) -> Self {
        let mut bare = Vec::with_capacity(block.len());
        block.split_ascii_whitespace().for_each(|part| bare.extend_from_slice(part.as_bytes()));
        Self(bare)
    }
}

impl Hash for Bare {
    /// Certificates end with a signature, so the end tells them apart. To hash all of the roots would take as long as
    /// to read them.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0[self.0.len().saturating_sub(128)..].hash(state);
    }
}

/// Returns the PEM blocks of a text that are certificates.
pub(super) fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let block = &rest[rest.find(BEGIN)?..];
        let end = block.find(END)?;
        let length = block[end..].find('\n').map_or(block.len(), |length| end + length);
        rest = &block[length..];
        Some(block[..length].trim_end())
    })
    // Some files contain a private key as well. It must not get into the bundle.
    .filter(|block| block.lines().next().is_some_and(|line| line.trim_end().ends_with("CERTIFICATE-----")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(content: &str) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{content}\n-----END CERTIFICATE-----\n")
    }

    #[test]
    fn certificates_are_joined_once_each() {
        let (one, two) = (block("AAAA"), block("BBBB"));
        let messy = format!("# a comment\r\n{}junk\n{}", one.replace('\n', "\r\n"), two.trim_end());
        assert_eq!(join([one.as_str(), &two, &one]), format!("{one}{two}"));
        assert_eq!(join([one.as_str(), &messy]), format!("{one}{two}"));
        assert_eq!(join(["", "-----BEGIN CERTIFICATE-----\nAAAA", "nothing"]), "");
    }
}
