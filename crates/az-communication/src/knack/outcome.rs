//! The outcome of a command.

use pyjmespath::Value;

use crate::report::exit_code::ExitCode;

/// The columns of a table in reading order. `None` stands for all members, sorted by name.
pub type Columns = Option<&'static [&'static str]>;

/// The outcome of a command that ran.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The result, which is printed according to `--query` and `--output`. Without a result, nothing is printed.
    pub result: Option<Value>,
    /// The exit code. A command can have a result and still fail, for example if a token has expired.
    pub exit_code: ExitCode,
    /// The columns of a table of the result, in reading order. Without them, a table has all members, sorted by name.
    pub columns: Columns,
    /// Whether the result has texts of others, on which a terminal must not act.
    pub foreign: bool,
}

impl Outcome {
    /// Creates the outcome of a command without a result.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Creates the outcome of a command with this result.
    pub fn of(result: impl Into<Value>) -> Self {
        Self { result: Some(result.into()), ..Self::default() }
    }

    /// Sets the columns of a table.
    #[must_use]
    pub fn columns(self, columns: &'static [&'static str]) -> Self {
        Self { columns: Some(columns), ..self }
    }

    /// Marks that the result has texts of others, on which a terminal must not act.
    #[must_use]
    pub fn foreign(self) -> Self {
        Self { foreign: true, ..self }
    }

    /// Sets the exit code.
    #[must_use]
    pub fn exit_code(self, exit_code: ExitCode) -> Self {
        Self { exit_code, ..self }
    }
}
