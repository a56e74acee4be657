//! What came of a command.

use pyjmespath::Value;

use crate::report::exit_code::ExitCode;

/// The columns of a table in the order in which people read them; `None` for all members, sorted.
pub type Columns = Option<&'static [&'static str]>;

/// What came of a command that was carried out.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is printed, by `--query` and `--output`. Without it, nothing is printed.
    pub result: Option<Value>,
    /// The exit code. A command can have a result and fail all the same: where a token has expired, for example.
    pub exit_code: ExitCode,
    /// The columns of a table of the result, in the order in which people read them. Without them, a table has all members,
    /// sorted.
    pub columns: Columns,
}

impl Outcome {
    /// A command without a result.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// A command with this result.
    pub fn of(result: impl Into<Value>) -> Self {
        Self { result: Some(result.into()), ..Self::default() }
    }

    /// Sets the columns of a table.
    #[must_use]
    pub fn columns(self, columns: &'static [&'static str]) -> Self {
        Self { columns: Some(columns), ..self }
    }

    /// Sets the exit code.
    #[must_use]
    pub fn exit_code(self, exit_code: ExitCode) -> Self {
        Self { exit_code, ..self }
    }
}
