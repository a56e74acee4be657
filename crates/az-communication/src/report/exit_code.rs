//! The exit codes. docs/exit-codes.md has the table for users.

/// How a command ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExitCode {
    /// The command did what it says.
    #[default]
    Success,
    /// Most errors: the service refused, something could not be reached, read or written, or some of many items failed.
    Failure,
    /// The command line is wrong, or the value of an option that the reference lacks, or of its variable. Nothing was done.
    Usage,
    /// The service answered 404.
    NotFound,
    /// A program was found and cannot be run.
    CannotRun,
    /// A program was not found.
    NoProgram,
    /// Ctrl-C.
    Interrupted,
    /// What another program ended with.
    Other(u8),
    /// A signal, by which the process ends itself.
    Signal(i32),
}

impl ExitCode {
    /// The number.
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
            // What a shell shows.
            Self::Signal(signal) => 128_u8.wrapping_add(signal.to_le_bytes()[0]),
        }
    }

    /// This one, or the other where this one is success.
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
