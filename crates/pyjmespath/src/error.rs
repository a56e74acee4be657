//! Errors with the texts of Python's `jmespath.exceptions`.

use std::fmt;

/// An expression that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompileError {
    /// The expression is the empty string.
    Empty,
    /// A character or a quoted text is not a valid token.
    Lexer {
        /// What is wrong.
        message: String,
        /// The position in the expression, in characters from the start.
        position: usize,
        /// The whole expression.
        expression: String,
    },
    /// A token is in a place where it is not allowed.
    Parse {
        /// What is wrong.
        message: String,
        /// The position in the expression, in characters from the start.
        position: usize,
        /// The text of the token.
        token: String,
        /// The type of the token, in upper case.
        token_type: String,
        /// The whole expression.
        expression: String,
    },
    /// The expression is incomplete.
    Incomplete {
        /// The whole expression.
        expression: String,
    },
    /// The expression has more than 200 levels. Python fails with its recursion limit instead.
    TooDeep,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Invalid JMESPath expression: cannot be empty."),
            Self::Lexer { message, position, expression } => {
                write!(f, "Bad jmespath expression: {message}:\n{expression}\n{:position$}^", "")
            }
            Self::Parse { message, position, token, token_type, expression } => {
                let column = position + 1;
                write!(
                    f,
                    "{message}: Parse error at column {position}, token \"{token}\" ({token_type}), \
                     for expression:\n\"{expression}\"\n{:column$}^",
                    ""
                )
            }
            Self::Incomplete { expression } => {
                let column = expression.chars().count() + 1;
                write!(f, "Invalid jmespath expression: Incomplete expression:\n\"{expression}\"\n{:column$}^", "")
            }
            Self::TooDeep => f.write_str("Invalid jmespath expression: nested too deeply"),
        }
    }
}

impl std::error::Error for CompileError {}

/// An expression that cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchError {
    /// An error that Python's jmespath raises as a `JMESPathError`: an unknown function, or a wrong number or type of
    /// arguments.
    Jmespath(String),
    /// An error that Python itself raises in the code of jmespath (`TypeError`, `ValueError`), for example when a
    /// number is compared with a string. The text is the same as in Python.
    Python(String),
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jmespath(message) | Self::Python(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for SearchError {}

/// A text that is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    pub(crate) message: &'static str,
    pub(crate) position: usize,
}

impl JsonError {
    /// Returns the description of the error, with the text of Python's `json` module.
    pub fn message(&self) -> &'static str {
        self.message
    }

    /// Returns the position in the text, in bytes from the start.
    pub fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at position {}", self.message, self.position)
    }
}

impl std::error::Error for JsonError {}
