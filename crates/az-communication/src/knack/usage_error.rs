//! Errors of the command line, with suggestions and examples.

use std::fmt;

use crate::knack::globals::QUERY;
use crate::knack::grammar::problem::Problem;
use crate::report::printer::Printer;
use crate::report::program::Program;
use acs_identity_protocol::visible::escaped;

/// The link that errors about `--query` show.
pub const QUERY_REFERENCE: &str =
    "To learn more about --query, please visit: 'https://learn.microsoft.com/cli/azure/query-azure-cli'";

const EXTENSION_REFERENCE: &str = "If the command is from an extension, please make sure the corresponding extension \
    is installed. To learn more about extensions, please visit \
    'https://learn.microsoft.com/cli/azure/azure-cli-extensions-overview'";

const REFERENCE_LINK: &str = "https://aka.ms/cli_ref";
const REFERENCE_TEXT: &str = "Read more about the command in reference docs";

/// An error in the command line. Its exit code is [`crate::report::exit_code::ExitCode::Usage`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageError {
    /// The error itself.
    pub problem: Box<Problem>,
    /// The recommendation directly below the error.
    pub recommendation: Option<Recommendation>,
    /// Commands that work, with descriptions. `None` if the recommendation is sufficient.
    pub examples: Option<Vec<(String, String)>>,
    /// The unknown part of the command line, if it may be the name of a command.
    pub unknown: Option<Unknown>,
    /// Our own hints, which come last.
    pub hints: Vec<String>,
}

/// A recommendation for a usage error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recommendation {
    /// Use this word instead.
    DidYouMean(String),
    /// Read the documentation of `--query`.
    QueryReference,
    /// Install the extension that contains the command.
    ExtensionReference,
}

/// An unknown part of a command line that may be the name of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The first word of a command.
    FirstWord,
    /// A word below a group.
    BelowGroup,
    /// A word that asks for a list of users. The service cannot list users.
    ListOfUsers,
    /// The value of an option before the first word. The reference treats it like any other word.
    Value,
}

impl Unknown {
    /// Checks whether the real Azure CLI may know the command.
    pub fn is_command(self) -> bool {
        self != Self::Value
    }
}

impl fmt::Display for Recommendation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DidYouMean(word) => write!(f, "Did you mean '{word}' ?"),
            Self::QueryReference => f.write_str(QUERY_REFERENCE),
            Self::ExtensionReference => f.write_str(EXTENSION_REFERENCE),
        }
    }
}

impl UsageError {
    /// Creates an error with the link to the documentation. An error about `--query` gets the link to the documentation
    /// of `--query` too.
    pub fn new(problem: Problem) -> Self {
        let about_query = problem.names(QUERY.key());
        Self {
            problem: Box::new(problem),
            recommendation: about_query.then_some(Recommendation::QueryReference),
            examples: (!about_query).then(Vec::new),
            unknown: None,
            hints: Vec::new(),
        }
    }

    /// Checks whether the error suggests another word.
    pub fn suggests(&self) -> bool {
        matches!(self.recommendation, Some(Recommendation::DidYouMean(_)))
    }

    /// Prints the error.
    pub fn print(&self, printer: &Printer) {
        printer.error_line(&self.problem.to_string());
        let style = |code: &'static str| if printer.colour() { code } else { "" };
        let (grey, blue, cyan, reset) =
            (style("\u{1b}[90m"), style("\u{1b}[94m"), style("\u{1b}[96m"), style("\u{1b}[0m"));
        let mut text = String::new();
        if let Some(recommendation) = &self.recommendation {
            text.push_str(&escaped(&recommendation.to_string()));
            text.push('\n');
        }
        if let Some(examples) =
            self.examples.as_ref().filter(|examples| Program::current().is_az() || !examples.is_empty())
        {
            text.push('\n');
            if !examples.is_empty() {
                text.push_str("Examples from command's help:\n");
            }
            for (command, description) in examples {
                let (command, description) = (escaped(command), escaped(description));
                text.push_str(&format!("{blue}{command}{reset}\n{grey}{description}\n{reset}\n"));
            }
            // The linked documentation has only commands of `az`.
            if Program::current().is_az() {
                text.push_str(&format!("{cyan}{REFERENCE_LINK}{reset}\n{grey}{REFERENCE_TEXT}{reset}\n"));
            }
        }
        if !self.hints.is_empty() {
            text.push('\n');
        }
        for hint in &self.hints {
            text.push_str(&format!("Hint: {}\n", escaped(hint)));
        }
        printer.lines(&text);
    }
}
