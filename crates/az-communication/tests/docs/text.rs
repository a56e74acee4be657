//! File names in prose and comments.

/// Whether the whole file is prose (`true`) or has comments (`false`); nothing where it is not looked at.
pub fn kind(file: &str) -> Option<bool> {
    // Facts about the service name files of other repositories.
    if ["docs/service.md", "Cargo.lock"].contains(&file) || file.starts_with("crates/pyjmespath/tests/compliance/") {
        return None;
    }
    match file.rsplit('.').next()? {
        "md" => Some(true),
        "rs" | "toml" | "sh" | "py" => Some(false),
        _ => None,
    }
}

/// The comment of a line.
pub fn comment(line: &str) -> &str {
    ["//", "# "]
        .iter()
        .filter_map(|mark| line.find(mark).map(|at| &line[at..]))
        .max_by_key(|text| text.len())
        .unwrap_or("")
}

/// Words that look like files of a repository.
pub fn file_names(prose: &str) -> impl Iterator<Item = &str> {
    const ENDS: [&str; 9] = [".md", ".rs", ".py", ".sh", ".toml", ".ld", ".cjs", ".mjs", ".jsonc"];
    prose
        .split(|c: char| !(c.is_ascii_alphanumeric() || "_./-*~$".contains(c)))
        .map(|word| word.trim_end_matches(['.', '-']).trim_start_matches("./"))
        .filter(|word| ENDS.iter().any(|end| word.ends_with(end) && word.len() > end.len()))
        .filter(|word| !word.contains("//") && !word.contains('*') && !word.contains('$'))
        .map(|word| word.trim_start_matches("../"))
}

/// Files of a user, or of a package that is named with them.
pub fn is_elsewhere(name: &str) -> bool {
    ["~/", "/", "target/", "knack/", "azure/"].iter().any(|start| name.starts_with(start))
}
