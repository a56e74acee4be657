//! Prints a result as `--query` and `--output` request.

use std::cell::Cell;

use pyjmespath::{JsonStyle, SearchError, Value};

use crate::knack::globals::OUTPUT;
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Columns;
use crate::knack::output::{self, Context, Format, Items, foreign};
use crate::knack::usage_error::QUERY_REFERENCE;
use crate::knack::values::choice;
use crate::report::error::CliError;
use crate::report::stdout;

/// Prints a result as `--query` and `--output` request.
///
/// # Errors
///
/// When the query cannot be applied to the result, or when stdout cannot be written.
pub fn show(invocation: &Invocation<'_>, value: Value, columns: Columns) -> Result<(), CliError> {
    show_in(invocation, value, context(invocation, columns))
}

/// Prints a result with texts of others.
///
/// # Errors
///
/// As [`show`].
pub fn show_foreign(invocation: &Invocation<'_>, value: Value, columns: Columns) -> Result<(), CliError> {
    show_in(invocation, value, Context { foreign: true, ..context(invocation, columns) })
}

fn show_in(invocation: &Invocation<'_>, value: Value, context: Context) -> Result<(), CliError> {
    let value = filter(invocation, value)?;
    if matches!(value, Value::Null) {
        return Ok(());
    }
    let text = output::format(&value, format_of(invocation)?, context)?;
    stdout::print(text).map_err(|error| match invocation.command.spec.connects {
        true => CliError { message: format!("{} The command itself succeeded.", error.message), ..error },
        false => error,
    })
}

fn context(invocation: &Invocation<'_>, columns: Columns) -> Context {
    Context {
        queried: invocation.arguments.query().is_some(),
        colour: invocation.printer.colour(),
        columns,
        foreign: false,
    }
}

/// Returns a list whose items are printed one by one. Returns `None` if the output format needs all items at once.
///
/// # Errors
///
/// When the configuration names an unknown format.
pub fn items(invocation: &Invocation<'_>) -> Result<Option<Items>, CliError> {
    Ok(Items::new(format_of(invocation)?, context(invocation, None)))
}

/// Returns the output format. It is checked before anything is sent, because a token that could not be shown would be
/// lost.
pub(crate) fn format_of(invocation: &Invocation<'_>) -> Result<Format, CliError> {
    let name = match invocation.arguments.get(&OUTPUT) {
        Some(name) => name.to_owned(),
        None => invocation.config.get("core", "output")?.unwrap_or_else(|| "json".into()).to_lowercase(),
    };
    Format::from_name(&name).ok_or_else(|| {
        let mut names = Format::NAMES;
        names.sort_unstable();
        CliError::new(choice::message("core.output", &name, &names))
            .hint("Correct AZURE_CORE_OUTPUT, or [core] output in the config file.")
    })
}

/// Prints results with texts of others one by one, as they come.
pub(crate) struct Lines {
    format: Format,
    context: Context,
    /// Whether the header of a table was printed.
    has_header: Cell<bool>,
}

impl Lines {
    /// Creates the printer of a command.
    ///
    /// # Errors
    ///
    /// When the configuration names an unknown format.
    pub(crate) fn of(invocation: &Invocation<'_>, columns: Columns) -> Result<Self, CliError> {
        let context = Context { foreign: true, ..context(invocation, columns) };
        Ok(Self { format: format_of(invocation)?, context, has_header: Cell::new(false) })
    }

    /// Prints a result after the query: as a line in the formats `json` and `jsonc`, and as an item of a list in the
    /// others.
    ///
    /// # Errors
    ///
    /// When the query cannot be applied to the result, when stdout cannot be written, or when its reader has closed it.
    pub(crate) fn push(&self, invocation: &Invocation<'_>, value: Value) -> Result<(), CliError> {
        let value = filter(invocation, value)?;
        if matches!(value, Value::Null) {
            return Ok(());
        }
        let text = match self.format {
            Format::Json | Format::Jsonc => {
                let style = JsonStyle { ensure_ascii: false, ..JsonStyle::compact() };
                foreign::escaped_json(format!("{}\n", value.to_json_with(style)))
            }
            other => output::format(&Value::Array(vec![value].into()), other, self.context)?,
        };
        // A table has one header: two lines before the first row.
        let is_later_row = self.format == Format::Table && self.has_header.replace(true);
        let text = if is_later_row { text.splitn(3, '\n').nth(2).unwrap_or_default().to_owned() } else { text };
        stdout::print_part(&text)
    }
}

fn filter(invocation: &Invocation<'_>, value: Value) -> Result<Value, CliError> {
    let Some(query) = invocation.arguments.query() else {
        return Ok(value);
    };
    query.search(&value).map_err(|error| match error {
        SearchError::Jmespath(message) => {
            CliError::new(format!("Invalid jmespath query supplied for `--query`: {message}\n{QUERY_REFERENCE}"))
        }
        SearchError::Python(message) => {
            CliError::new(format!("The --query cannot be applied to the result: {message}."))
        }
    })
}
