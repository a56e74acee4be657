//! Finds names of files in prose and comments.

/// Returns whether the whole file is prose (`true`) or only its comments are (`false`). Returns `None` for files that
/// are not checked.
pub fn kind(file: &str) -> Option<bool> {
    // The document about the service names files of other repositories.
    if ["docs/service.md", "Cargo.lock"].contains(&file) || file.starts_with("crates/pyjmespath/tests/compliance/") {
        return None;
    }
    match file.rsplit('.').next()? {
        "md" => Some(true),
        "rs" | "toml" | "sh" | "py" => Some(false),
        _ => None,
    }
}

/// Returns the comment of a line.
pub fn comment(line: &str) -> &str {
    ["//", "# "]
        .iter()
        .filter_map(|mark| line.find(mark).map(|at| &line[at..]))
        .max_by_key(|text| text.len())
        .unwrap_or("")
}

/// Returns the words that look like files of a repository.
pub fn file_names(prose: &str) -> impl Iterator<Item = &str> {
    const ENDS: [&str; 9] = [".md", ".rs", ".py", ".sh", ".toml", ".ld", ".cjs", ".mjs", ".jsonc"];
    prose
        .split(|c: char| !(c.is_ascii_alphanumeric() || "_./-*~$".contains(c)))
        .map(|word| word.trim_end_matches(['.', '-']).trim_start_matches("./"))
        .filter(|word| ENDS.iter().any(|end| word.ends_with(end) && word.len() > end.len()))
        .filter(|word| !word.contains("//") && !word.contains('*') && !word.contains('$'))
        .map(|word| word.trim_start_matches("../"))
}

/// Checks whether a name is a file of a user, or of a package that is named with it.
pub fn is_elsewhere(name: &str) -> bool {
    ["~/", "/", "target/", "knack/", "azure/"].iter().any(|start| name.starts_with(start))
}
