//! The format of the files of golden cases: a list with one case per line, as Python's `json` writes it. So the
//! difference between two captures has only the changed cases.

use std::io::{self, Write};

use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value};

use crate::error::Error;

/// Returns the text of a file.
///
/// # Errors
///
/// Never, because the cases are in memory.
pub fn text(cases: &[Map<String, Value>]) -> Result<String, Error> {
    let lines: Result<Vec<String>, Error> = cases.iter().map(line).collect();
    Ok(format!("[\n{}\n]\n", lines?.join(",\n")))
}

fn line(case: &Map<String, Value>) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Python);
    serde::Serialize::serialize(case, &mut serializer).map_err(|error| Error::new(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A format with a blank after each comma and colon.
struct Python;

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::cases::{files, read};

    #[test]
    fn the_files_of_this_repository_are_written_as_they_are() {
        for path in files(&crate::root()).unwrap() {
            assert!(
                text(&read(&path).unwrap()).unwrap() == std::fs::read_to_string(&path).unwrap(),
                "{}",
                path.display()
            );
        }
    }
}
