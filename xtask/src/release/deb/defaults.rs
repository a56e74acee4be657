//! /etc/default/az-communication-emulator: the variables of `emulator start` with their meanings, from the table in the
//! manual. The program's tests compare that table with the code.

use std::fmt::Write as _;

use crate::error::Error;
use crate::release::parts::Parts;

const MANUAL: &str = "docs/emulator/options.md";

/// The variables that the unit sets, because they decide how the process runs and ends.
const OF_THE_UNIT: [&str; 6] =
    ["--detach", "--pid-file", "--log-file", "--ready-file", "--parent-pid", "--until-stdin-closes"];

/// Returns the file.
///
/// # Errors
///
/// When the table in the manual cannot be found.
pub fn text(parts: &Parts) -> Result<String, Error> {
    let mut text = String::from_utf8_lossy(&parts.read("packaging/debian/default-head")?).into_owned();
    let manual = String::from_utf8_lossy(&parts.read(MANUAL)?).into_owned();
    let settings = settings(&manual);
    if settings.is_empty() {
        return Err(Error::new(format!(
            "{MANUAL} has no table of options with the columns option, of, variable and meaning."
        )));
    }
    for (variables, meaning) in settings {
        text.push('\n');
        for line in wrapped(&meaning, 118) {
            let _ = writeln!(text, "# {line}");
        }
        for variable in variables {
            let _ = writeln!(text, "#{variable}=");
        }
    }
    Ok(text)
}

/// Returns the variables of each option of `start`, with its meaning.
fn settings(manual: &str) -> Vec<(Vec<String>, String)> {
    let rows = manual.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let [option, of, variables, meaning] = cells[..] else { return None };
        let option = option.strip_prefix('`')?.strip_suffix('`')?.split(' ').next()?;
        let is_of_start = of.split(", ").any(|command| command == "start");
        if !is_of_start || OF_THE_UNIT.contains(&option) {
            return None;
        }
        let variables = variables.split(", ").map(|name| name.trim_matches('`').to_owned()).collect();
        Some((variables, meaning.replace('`', "")))
    });
    rows.collect()
}

/// Wraps a text at a width in characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn the_settings_are_the_options_of_start_but_those_of_the_process() {
        let manual = "\
| option | of | variable | meaning |
| --- | --- | --- | --- |
| `--port VALUE` | start | `E_PORT` | Port to listen on. Default: `10100`. |
| `--access-key VALUE` | start, run | `E_KEY`, `E_KEY_FILE` | A key. |
| `--detach` | start | `E_DETACH` | Return. |
| `--port VALUE` | run | `E_RUN_PORT` | Port. |
| other | table |
";
        let found = settings(manual);
        let found: Vec<(String, &str)> =
            found.iter().map(|(variables, meaning)| (variables.join(" "), meaning.as_str())).collect();
        assert_eq!(
            found,
            [("E_PORT".to_owned(), "Port to listen on. Default: 10100."), ("E_KEY E_KEY_FILE".to_owned(), "A key.")]
        );
    }
}
