//! The seven output formats, each written as knack (the framework of the reference) writes it.

pub(crate) mod colour;
pub(crate) mod columns;
pub(crate) mod foreign;
pub(crate) mod items;
pub(crate) mod json;
pub(crate) mod python_text;
pub(crate) mod table_format;
pub(crate) mod tsv;
pub(crate) mod yaml;

pub use items::Items;

use pyjmespath::Value;

use crate::report::error::CliError;

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON with sorted members.
    Json,
    /// JSON with colours on a terminal.
    Jsonc,
    /// YAML.
    Yaml,
    /// YAML with colours on a terminal.
    Yamlc,
    /// A table.
    Table,
    /// Values separated by tabs.
    Tsv,
    /// No output.
    None,
}

impl Format {
    /// The names of the formats, in the order in which errors of the reference list them.
    pub const NAMES: [&str; 7] = ["json", "jsonc", "yaml", "yamlc", "table", "tsv", "none"];

    /// Returns the format with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "jsonc" => Self::Jsonc,
            "yaml" => Self::Yaml,
            "yamlc" => Self::Yamlc,
            "table" => Self::Table,
            "tsv" => Self::Tsv,
            "none" => Self::None,
            _ => return None,
        })
    }
}

/// Other settings that affect how a result is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// Whether the result comes from a query. Tables then keep the order of its members.
    pub queried: bool,
    /// Whether stdout and stderr are terminals and colours are not turned off.
    pub colour: bool,
    /// The columns of a table, in reading order. Without them, a table has all members, sorted by name, as in the
    /// reference.
    pub columns: Option<&'static [&'static str]>,
    /// Whether the result has texts of others, on which a terminal must not act.
    pub foreign: bool,
}

/// Formats a result, including the line break at its end.
///
/// # Errors
///
/// When the result contains an expression reference (`--query '&a'`).
pub fn format(value: &Value, format: Format, context: Context) -> Result<String, CliError> {
    if matches!(format, Format::None) {
        return Ok(String::new());
    }
    if holds_expref(value) {
        return Err(CliError::new("The result of the query is an expression reference (&…), which is not data.")
            .hint("Use the reference as an argument of a function, for example sort_by(@, &name)."));
    }
    let escaped = match format {
        Format::Table | Format::Tsv if context.foreign => Some(foreign::escaped(value)),
        Format::Yaml | Format::Yamlc if context.foreign => Some(foreign::escaped_for_yaml(value)),
        _ => None,
    };
    let value = escaped.as_ref().unwrap_or(value);
    let json = || match json::format(value) {
        text if context.foreign => foreign::escaped_json(text),
        text => text,
    };
    Ok(match format {
        Format::Json => json(),
        Format::Jsonc if context.colour => colour::json(&json()),
        Format::Jsonc => json(),
        Format::Yaml => yaml::format(value),
        Format::Yamlc if context.colour => colour::yaml(&yaml::format(value)),
        Format::Yamlc => yaml::format(value),
        Format::Table if context.columns.is_some() => {
            let width = columns::width();
            let arranged = match context.columns.filter(|_| !context.queried) {
                Some(columns) => Some(columns::arrange_all(value, columns, width)),
                None => columns::of_query(value).map(|columns| {
                    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
                    columns::arrange(value, &columns, width)
                }),
            };
            table_format::format(arranged.as_ref().unwrap_or(value), false)
        }
        Format::Table => table_format::format(value, !context.queried),
        Format::Tsv => tsv::format(value),
        Format::None => String::new(),
    })
}

fn holds_expref(value: &Value) -> bool {
    match value {
        Value::Expref(_) => true,
        Value::Array(items) => items.iter().any(holds_expref),
        Value::Object(object) => object.values().any(holds_expref),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_to_an_expression_is_found_at_any_depth() {
        let document = Value::from_json("{}").unwrap();
        let is_found = |query: &str| holds_expref(&pyjmespath::search(query, &document).unwrap());
        assert!(is_found("&a") && is_found("[[&a]]") && is_found("{a: {b: &a}}"));
        assert!(!is_found("`{\"a\": [1]}`"));
    }
}
