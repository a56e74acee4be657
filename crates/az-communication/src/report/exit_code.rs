//! Exit codes. docs/exit-codes.md has the table for users.

/// The result of a command as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExitCode {
    /// The command succeeded.
    #[default]
    Success,
    /// Most errors: the service refused the request, a resource could not be reached, read or written, or some of many
    /// items failed.
    Failure,
    /// The command line is wrong. Also used for wrong values of options that the reference lacks, and of their
    /// variables. Nothing was done.
    Usage,
    /// The service answered 404.
    NotFound,
    /// A program was found but cannot be run.
    CannotRun,
    /// A program was not found.
    NoProgram,
    /// The user pressed Ctrl-C.
    Interrupted,
    /// The exit code of another program.
    Other(u8),
    /// A signal. The process ends itself by this signal.
    Signal(i32),
}

/// The codes that our commands choose, with their meanings for users.
pub const MEANINGS: [(ExitCode, &str); 7] = [
    (ExitCode::Success, "The command succeeded."),
    (
        ExitCode::Failure,
        "The service refused the request; or something could not be reached, read or written; or some of many items \
         failed; or the result of a check is negative.",
    ),
    (
        ExitCode::Usage,
        "The command line is wrong, or an option that the Azure CLI lacks has a value that cannot be read. Nothing was \
         done.",
    ),
    (ExitCode::NotFound, "The service answered 404. A batch ends with 1 instead."),
    (
        ExitCode::CannotRun,
        "A program exists but cannot be run: the next `az` on `PATH`, or the command of `emulator run`.",
    ),
    (ExitCode::NoProgram, "The command of `emulator run` was not found."),
    (ExitCode::Interrupted, "The command was interrupted by Ctrl-C."),
];

impl ExitCode {
    /// Returns the number.
    pub const fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::CannotRun => 126,
            Self::NoProgram => 127,
            Self::Interrupted => 130,
            Self::Other(number) => number,
            // This is the exit code that a shell shows.
            Self::Signal(signal) => 128_u8.wrapping_add(signal.to_le_bytes()[0]),
        }
    }

    /// Returns this code, or the other one if this code is success.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        if self.number() == 0 { other } else { self }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}
