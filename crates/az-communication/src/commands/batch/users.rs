//! `--users-from`: whom a batch is about.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read as _};

use serde_json::Value as Json;

use crate::error::{CliError, system_text};

/// The users of a file or of stdin, each one once, in their order.
pub(in crate::commands) fn users(source: &str) -> Result<Vec<String>, CliError> {
    let fail = |why: String| CliError::new(format!("The users cannot be read from {source}: {why}."));
    let mut text = String::new();
    let read = match source {
        "-" => io::stdin().lock().read_to_string(&mut text),
        path => File::open(path).and_then(|mut file| file.read_to_string(&mut text)),
    };
    read.map_err(|error| fail(system_text(&error)))?;
    let mut seen = HashSet::new();
    let mut users = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let user = match line.starts_with('{') {
            true => {
                user_of(line).ok_or_else(|| fail(format!("line {} is no JSON object with a user_id", index + 1)))?
            }
            false => line.to_owned(),
        };
        if user.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(fail(format!("line {} is no raw id", index + 1)));
        }
        if seen.insert(user.clone()) {
            users.push(user);
        }
    }
    Ok(users)
}

pub(super) fn user_of(line: &str) -> Option<String> {
    let json: Json = serde_json::from_str(line).ok()?;
    json.get("user_id")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn temporary(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("az-batch-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    #[test]
    fn users_come_in_two_forms() {
        let path = temporary("users");
        std::fs::write(&path, "# users\n8:acs:a\n\n{\"user_id\":\"8:acs:b\",\"token\":\"x\"}\r\n8:acs:a\n").unwrap();
        let source = path.to_str().unwrap();
        assert_eq!(users(source).unwrap(), ["8:acs:a", "8:acs:b"]);
        std::fs::write(&path, "two words\n").unwrap();
        assert!(users(source).is_err_and(|error| error.message.contains("line 1 is no raw id")));
        std::fs::remove_file(&path).unwrap();
    }
}
