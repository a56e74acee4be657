//! Cases and how they are run. A case is a command line with its environment, in the format of the golden cases
//! (crates/az-communication/tests/golden/README.md).

#[path = "../../../crates/az-communication/tests/support/canned.rs"]
mod canned;
#[path = "../../../crates/az-communication/tests/support/collector.rs"]
mod collector;
pub mod run;
mod server;
mod streams;
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::{At as _, Error};

/// The folder of the golden cases.
const FOLDER: &str = "crates/az-communication/tests/golden";

/// A command line with its environment, and the responses of the service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Case {
    /// The name of the case.
    pub id: String,
    /// The topic of the case.
    pub group: String,
    /// The words after the program's name, with placeholders.
    pub argv: Vec<String>,
    /// Variables to set. A variable without a value is removed.
    pub env: Vec<(String, Option<String>)>,
    /// The user's configuration, if it differs from the usual one.
    pub config: Option<String>,
    /// Files in the working directory.
    pub files: Vec<(String, String)>,
    /// The text that is typed or piped.
    pub stdin: String,
    /// Which streams are terminals.
    pub terminals: Terminals,
    /// The responses of the service in order, the last one repeated.
    pub responses: Vec<Value>,
}

/// Which streams are terminals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Terminals {
    /// No stream is a terminal.
    #[default]
    None,
    /// Only stdin.
    Stdin,
    /// Stdin, stdout and stderr, each with its own terminal.
    All,
}

impl Case {
    /// Reads a case as it is in a file.
    ///
    /// # Errors
    ///
    /// When a member is missing or has the wrong type.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let text = |name: &str| value[name].as_str().map(ToOwned::to_owned);
        let id = text("id").ok_or_else(|| Error::new(format!("a case has no id: {value}")))?;
        let bad = |name: &str| Error::new(format!("{id}: '{name}' is not as the README of the golden cases has it."));
        let word = |word: &Value| Some(word.as_str()?.to_owned());
        let strings = |value: &Value| value.as_array()?.iter().map(word).collect::<Option<Vec<_>>>();
        let pairs = |name: &str| value[name].as_object().cloned().unwrap_or_default().into_iter();
        let file = |(name, text): (String, Value)| Some((name, text.as_str()?.to_owned()));
        Ok(Self {
            group: text("group").ok_or_else(|| bad("group"))?,
            argv: strings(&value["argv"]).ok_or_else(|| bad("argv"))?,
            env: pairs("env").map(|(name, value)| (name, value.as_str().map(ToOwned::to_owned))).collect(),
            config: text("config"),
            files: pairs("files").map(file).collect::<Option<_>>().ok_or_else(|| bad("files"))?,
            stdin: text("stdin").unwrap_or_default(),
            terminals: match value["tty"].as_str() {
                None => Terminals::None,
                Some("stdin") => Terminals::Stdin,
                Some("all") => Terminals::All,
                Some(_) => return Err(bad("tty")),
            },
            responses: value["responses"].as_array().cloned().unwrap_or_default(),
            id,
        })
    }
}

/// Returns the files with golden cases.
///
/// # Errors
///
/// When their folder cannot be read.
pub fn files(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let folder = root.join(FOLDER);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).at(&folder)? {
        let path = entry.at(&folder)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Returns the cases of a file unchanged.
///
/// # Errors
///
/// When the file cannot be read, or is not a list of objects.
pub fn read(path: &Path) -> Result<Vec<Map<String, Value>>, Error> {
    let text = fs::read_to_string(path).at(path)?;
    serde_json::from_str(&text).at(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Case, Terminals, files, read};

    #[test]
    fn every_golden_case_can_be_read() {
        let mut count = 0;
        for path in files(&crate::root()).unwrap() {
            for case in read(&path).unwrap() {
                Case::read(&case.into()).unwrap();
                count += 1;
            }
        }
        assert!(count > 1_500, "{count}");
    }

    #[test]
    fn what_a_case_leaves_out_is_empty() {
        let case = Case::read(&json!({"id": "a", "group": "b", "argv": ["c"], "env": {"D": null}})).unwrap();
        assert_eq!(case.env, [("D".to_owned(), None)]);
        assert_eq!((case.config, case.stdin.as_str(), case.terminals), (None, "", Terminals::None));
    }

    #[test]
    fn a_member_of_another_type_is_named() {
        let error = Case::read(&json!({"id": "a", "group": "b", "argv": [1]})).unwrap_err().to_string();
        assert_eq!(error, "a: 'argv' is not as the README of the golden cases has it.");
    }
}
