//! Decides how a file that the user names is written. A regular file is replaced as a whole. A pipe or a device must
//! not be replaced: it is written to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The number of links that Linux follows.
const MOST_LINKS: usize = 40;

/// What is at a path.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// A regular file, or nothing yet. The path is the one to which links lead.
    File(PathBuf),
    /// A pipe or a device.
    Stream,
}

impl Target {
    /// Returns what is at a path. Links are followed.
    ///
    /// # Errors
    ///
    /// When it is a folder, or cannot be found out.
    pub fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")),
            Ok(there) if !there.is_file() => Ok(Self::Stream),
            Ok(_) => end_of_links(path).map(Self::File),
            Err(error) if error.kind() == io::ErrorKind::NotFound => end_of_links(path).map(Self::File),
            Err(error) => Err(error),
        }
    }
}

/// Returns the path to which links lead. Nothing needs to be there.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("there are too many links"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system;

    #[test]
    fn links_lead_to_a_file_and_devices_are_streams() {
        let folder = std::env::temp_dir().join(format!("az-target-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let at = |name: &str| folder.join(name);
        fs::write(at("file"), "").unwrap();
        let file = |name: &str| Some(Target::File(at(name)));
        for (name, expected) in [("file", file("file")), ("new", file("new")), (".", None)] {
            assert_eq!(Target::of(&at(name)).ok(), expected, "{name}");
        }
        if !system::LINKS {
            return fs::remove_dir_all(folder).unwrap();
        }
        for (end, link) in [
            ("file", "link"),
            ("link", "link to a link"),
            ("nothing", "dangling"),
            ("/dev/null", "null"),
            ("loop", "loop"),
        ] {
            system::link(Path::new(end), &at(link)).unwrap();
        }
        for (name, expected) in [
            ("link", file("file")),
            ("link to a link", file("file")),
            ("dangling", file("nothing")),
            ("null", Some(Target::Stream)),
            ("loop", None),
        ] {
            assert_eq!(Target::of(&at(name)).ok(), expected, "{name}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
