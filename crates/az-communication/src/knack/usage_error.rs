//! Errors of the command line, with suggestions and examples.

use std::fmt;

use crate::knack::grammar::problem::Problem;
use crate::report::printer::Printer;
use crate::report::program::Program;
use acs_identity_protocol::visible::escaped;

/// The link that goes with errors about `--query`.
pub const QUERY_REFERENCE: &str =
    "To learn more about --query, please visit: 'https://learn.microsoft.com/cli/azure/query-azure-cli'";

const EXTENSION_REFERENCE: &str = "If the command is from an extension, please make sure the corresponding extension \
    is installed. To learn more about extensions, please visit \
    'https://learn.microsoft.com/cli/azure/azure-cli-extensions-overview'";

const REFERENCE_LINK: &str = "https://aka.ms/cli_ref";
const REFERENCE_TEXT: &str = "Read more about the command in reference docs";

/// A wrong command line. Its exit code is [`crate::report::exit_code::ExitCode::Usage`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageError {
    /// What is wrong.
    pub problem: Box<Problem>,
    /// What to do, right below it.
    pub recommendation: Option<Recommendation>,
    /// Commands that work, with descriptions; `None` where the recommendation says enough.
    pub examples: Option<Vec<(String, String)>>,
    /// What is not known here, where that may be the name of a command.
    pub unknown: Option<Unknown>,
    /// Hints of ours, below everything else.
    pub hints: Vec<String>,
}

/// What to do about a wrong command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recommendation {
    /// To write this word instead.
    DidYouMean(String),
    /// To read about `--query`.
    QueryReference,
    /// To install the extension that has the command.
    ExtensionReference,
}

/// What is not known here, and may be the name of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The first word of a command.
    FirstWord,
    /// A word below a group.
    BelowGroup,
    /// It asks for a list of users, which the service does not give.
    ListOfUsers,
    /// The value of an option before the first word. To the reference, it is a word like any other.
    Value,
}

impl Unknown {
    /// Whether the real CLI may know it.
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
    /// An error with the link to the reference and, where it is about `--query`, the link to that.
    pub fn new(problem: Problem) -> Self {
        let about_query = problem.names("--query");
        Self {
            problem: Box::new(problem),
            recommendation: about_query.then_some(Recommendation::QueryReference),
            examples: (!about_query).then(Vec::new),
            unknown: None,
            hints: Vec::new(),
        }
    }

    /// Whether the word that was meant is known.
    pub fn suggests(&self) -> bool {
        matches!(self.recommendation, Some(Recommendation::DidYouMean(_)))
    }

    /// Shows it.
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
            // It has no commands of a program of its own.
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
