//! Tables of our own commands. Their columns are in reading order, and they are not wider than the terminal. For the
//! order of columns, the reference uses table transformers.

use std::env;

use pyjmespath::{Object, Value, python_str};

use crate::knack::help::text_wrap::fill as wrap;
use crate::system;

/// The width of tabulate's column separator, and the least difference between the width of a column and of its header.
const SEPARATOR: usize = 2;
const MIN_PADDING: usize = 2;

/// The least width of a column.
const NARROWEST: usize = 12;

/// Returns the rows with these columns only. Cells are wrapped so that the table is not wider than `width`.
pub(crate) fn arrange(value: &Value, columns: &[&str], width: Option<usize>) -> Value {
    named(value, columns, columns.iter().map(|name| (*name).to_owned()), width)
}

/// Returns such rows with each name capitalized, because the reference omits columns such as `id`. A column whose name
/// begins with `?` is left out if no row has a value for it.
pub(crate) fn arrange_all(value: &Value, columns: &[&str], width: Option<usize>) -> Value {
    let has = |item: &Value, name: &str| item.get(name).is_some_and(|value| !matches!(value, Value::Null));
    let has_any = |name: &str| match value {
        Value::Array(items) => items.iter().any(|item| has(item, name)),
        item => has(item, name),
    };
    let columns: Vec<&str> = columns
        .iter()
        .filter_map(|name| match name.strip_prefix('?') {
            Some(name) => has_any(name).then_some(name),
            None => Some(*name),
        })
        .collect();
    let columns = columns.as_slice();
    let title = |name: &&str| name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect();
    named(value, columns, columns.iter().map(title), width)
}

fn named(value: &Value, columns: &[&str], names: impl Iterator<Item = String> + Clone, width: Option<usize>) -> Value {
    let items: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    };
    let mut rows: Vec<Vec<String>> = items.iter().map(|item| cells(item, columns)).collect();
    if let Some(width) = width {
        fit(&mut rows, columns, width);
    }
    let objects: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            let members = names.clone().zip(row.into_iter().map(Value::from));
            Value::object(members.collect::<Object>())
        })
        .collect();
    Value::Array(objects.into())
}

/// Returns the columns of the result of a query, if the result is one table of texts and numbers.
pub(crate) fn of_query(value: &Value) -> Option<Vec<String>> {
    let Value::Array(items) = value else { return None };
    let names = |item: &Value| match item {
        Value::Object(members)
            if members.values().all(|value| !matches!(value, Value::Array(_) | Value::Object(_))) =>
        {
            Some(members.keys().map(ToString::to_string).collect::<Vec<String>>())
        }
        _ => None,
    };
    let first = names(items.first()?)?;
    items.iter().all(|item| names(item).as_ref() == Some(&first)).then_some(first)
}

fn cells(item: &Value, columns: &[&str]) -> Vec<String> {
    let cell = |name: &&str| match item.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(value) => python_str(value),
    };
    columns.iter().map(cell).collect()
}

/// Wraps the cells of the widest columns.
fn fit(rows: &mut [Vec<String>], columns: &[&str], width: usize) {
    let least = |column: usize| columns[column].chars().count() + MIN_PADDING;
    let mut widths: Vec<usize> = (0..columns.len())
        .map(|column| {
            let widest = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
            widest.max(least(column))
        })
        .collect();
    let available = width.saturating_sub(SEPARATOR * columns.len().saturating_sub(1));
    while widths.iter().sum::<usize>() > available {
        let shrinks = |column: &usize| widths[*column] > least(*column).max(NARROWEST);
        let Some(widest) = (0..widths.len()).filter(shrinks).max_by_key(|column| widths[*column]) else { break };
        widths[widest] -= 1;
    }
    for row in rows {
        for (cell, width) in row.iter_mut().zip(&widths) {
            if cell.chars().count() > *width {
                *cell = wrap(cell, 0, 0, *width);
            }
        }
    }
}

/// Returns the greatest width of a table, as Python's `shutil.get_terminal_size` determines it. Returns `None` if
/// stdout is not a terminal.
pub fn width() -> Option<usize> {
    let given = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    given.or_else(system::columns_of_stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_wrapped_until_the_table_fits() {
        let value = Value::from_json(r#"[{"b": "one two three four five six seven", "a": 1, "c": [2]}]"#).unwrap();
        let table = |width| crate::knack::output::table_format::format(&arrange(&value, &["a", "b"], width), false);
        assert_eq!(
            table(None),
            "A    B\n---  ---------------------------------\n1    one two three four five six seven\n"
        );
        assert_eq!(table(Some(24)), "A    B\n---  ------------------\n1    one two three four\n     five six seven\n");
        assert!(table(Some(1)).lines().all(|line| line.len() <= 3 + SEPARATOR + NARROWEST));
    }
}
