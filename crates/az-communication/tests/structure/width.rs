//! The width of comments, which rustfmt leaves as it is.

use std::fs;
use std::path::{Path, PathBuf};

/// The width of code in rustfmt.toml.
const WIDTH: usize = 120;

/// Returns the comment lines of the Rust files below a folder that are wider than code. Tables and links cannot be
/// broken.
pub fn too_wide(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for path in sources(folder) {
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let text = line.trim_start().trim_start_matches('/').trim_start_matches('!').trim_start();
            let is_comment = line.trim_start().starts_with("//");
            if is_comment && line.chars().count() > WIDTH && !text.starts_with(['|', '[']) && !text.contains("://") {
                found.push(format!("{}:{}", path.display(), index + 1));
            }
        }
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().filter(|path| !path.ends_with("target") && !path.ends_with("node_modules"));
    let rust = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    below.flat_map(|path| sources(path)).chain(rust).collect()
}
