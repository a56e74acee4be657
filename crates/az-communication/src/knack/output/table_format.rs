//! The format `table`: fields chosen like knack, in tabulate's layout `simple` with `disable_numparse`.

use indexmap::IndexMap;
use pyjmespath::{Value, python_str};

use pyjmespath::is_space;

use crate::knack::output::python_text::{split_lines, visible_len};

/// The least difference between the width of a column and of its header (`MIN_PADDING` of tabulate).
const MIN_PADDING: usize = 2;

/// The separator between two columns.
const SEPARATOR: &str = "  ";

/// Members that knack never shows in a table.
const SKIPPED: [&str; 3] = ["id", "type", "etag"];

pub(crate) fn format(value: &Value, sort_keys: bool) -> String {
    let rows: Vec<IndexMap<String, String>> = match value {
        Value::Array(items) => items.iter().map(|item| fields(item, sort_keys)).collect(),
        other => vec![fields(other, sort_keys)],
    };
    simple(&rows) + "\n"
}

fn fields(item: &Value, sort_keys: bool) -> IndexMap<String, String> {
    match item {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            if sort_keys {
                members.sort_by(|a, b| a.0.cmp(b.0));
            }
            members
                .into_iter()
                .filter(|(name, _)| !SKIPPED.contains(&name.as_str()))
                .filter(|(_, value)| !matches!(value, Value::Null | Value::Array(_) | Value::Object(_)))
                .map(|(name, value)| (capitalize(name), cell(value)))
                .collect()
        }
        Value::Array(values) => {
            values.iter().enumerate().map(|(column, value)| (format!("Column{}", column + 1), cell(value))).collect()
        }
        other => [("Result".to_owned(), cell(other))].into_iter().collect(),
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        other => python_str(other),
    }
}

fn capitalize(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn simple(rows: &[IndexMap<String, String>]) -> String {
    let mut headers: IndexMap<&str, ()> = IndexMap::new();
    rows.iter().flat_map(|row| row.keys()).for_each(|name| {
        headers.insert(name, ());
    });
    let headers: Vec<&str> = headers.into_keys().collect();
    if headers.is_empty() {
        return String::new();
    }
    let cells: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| headers.iter().map(|name| row.get(*name).map_or("", |cell| cell.trim_matches(is_space))).collect())
        .collect();
    let has_break = |text: &str| text.contains(['\n', '\r']);
    let multiline =
        headers.iter().any(|name| has_break(name)) || rows.iter().any(|row| row.values().any(|cell| has_break(cell)));
    let width = |text: &str| {
        if multiline { text.split(['\r', '\n']).map(visible_len).max().unwrap_or(0) } else { visible_len(text) }
    };
    let widths: Vec<usize> = headers
        .iter()
        .enumerate()
        .map(|(column, name)| {
            let widest = cells.iter().map(|row| width(row[column])).max().unwrap_or(0);
            widest.max(width(name) + MIN_PADDING)
        })
        .collect();
    let mut lines = Vec::with_capacity(cells.len() + 2);
    match multiline {
        true => push_header(&mut lines, &headers, &widths),
        false => push_row(&mut lines, &headers, &widths, Lines::Single),
    }
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    lines.push(dashes.join(SEPARATOR));
    let ansi = headers.iter().chain(cells.iter().flatten()).any(|cell| cell.contains('\u{1b}'));
    for row in &cells {
        push_row(&mut lines, row, &widths, if multiline { Lines::Value { ansi } } else { Lines::Single });
    }
    lines.join("\n")
}

/// How cells are split into lines.
#[derive(Clone, Copy)]
enum Lines {
    /// Cells are not split, because no cell of the table contains a line break.
    Single,
    /// The cell of a value is split at Python's line breaks, without an empty line at the end. If any cell of the table
    /// contains ANSI sequences, tabulate loses the text after the less common line breaks.
    Value { ansi: bool },
}

impl Lines {
    fn split(self, cell: &str) -> Vec<&str> {
        match self {
            Self::Single => vec![cell],
            Self::Value { ansi } => {
                let mut lines = split_lines(cell);
                if ansi {
                    lines.truncate(cell.split(['\r', '\n']).count());
                }
                lines
            }
        }
    }
}

fn push_row(lines: &mut Vec<String>, cells: &[&str], widths: &[usize], cut: Lines) {
    if matches!(cut, Lines::Single) {
        lines.push(line(cells.iter().copied(), widths));
        return;
    }
    let parts: Vec<Vec<&str>> = cells.iter().map(|cell| cut.split(cell)).collect();
    let height = parts.iter().map(Vec::len).max().unwrap_or(0);
    for index in 0..height {
        lines.push(line(parts.iter().map(|part| part.get(index).copied().unwrap_or("")), widths));
    }
}

/// Adds the lines of a header. Like tabulate, this pads the header at the usual line breaks and then splits it at all
/// line breaks of Python, so that some lines are too short.
fn push_header(lines: &mut Vec<String>, cells: &[&str], widths: &[usize]) {
    let filled: Vec<String> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| cell.split(['\r', '\n']).map(|line| fill(line, *width)).collect::<Vec<_>>().join("\n"))
        .collect();
    let parts: Vec<Vec<&str>> = filled.iter().map(|cell| split_lines(cell)).collect();
    let height = parts.iter().map(Vec::len).max().unwrap_or(0);
    for index in 0..height {
        let cell = |(part, width): (&Vec<&str>, &usize)| match part.get(index) {
            Some(line) => (*line).to_owned(),
            None => fill("", *width),
        };
        lines.push(join(parts.iter().zip(widths).map(cell)));
    }
}

fn line<'a>(cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
    join(cells.zip(widths).map(|(cell, width)| fill(cell, *width)))
}

fn fill(cell: &str, width: usize) -> String {
    let mut out = cell.to_owned();
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(visible_len(cell))));
    out
}

fn join(cells: impl Iterator<Item = String>) -> String {
    let mut out = cells.collect::<Vec<_>>().join(SEPARATOR);
    out.truncate(out.trim_end_matches(is_space).len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(document: &str) -> String {
        Value::from_json(document).map(|value| format(&value, true)).unwrap_or_default()
    }

    #[test]
    fn tables_are_written_as_by_tabulate() {
        assert_eq!(
            table(r#"[{"b": 1, "a": true, "id": "x"}, {"c": null, "b": 1e16}]"#),
            "A     B\n----  -----\nTrue  1\n      1e+16\n"
        );
        assert_eq!(table("[[1, null], [2, 3]]"), "Column1    Column2\n---------  ---------\n1\n2          3\n");
        assert_eq!(table("[]"), "\n");
        assert_eq!(table("[{}]"), "\n");
        assert_eq!(table("[{}, {}]"), "\n");
        assert_eq!(table(r#""中""#), "Result\n--------\n中\n");
    }
}
