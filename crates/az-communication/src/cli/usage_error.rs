//! Errors of the command line, with suggestions and examples.

use crate::printer::Printer;
use crate::visible::escaped;

/// A wrong command line. Its exit code is [`crate::exit_code::ExitCode::Usage`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageError {
    /// What is wrong.
    pub message: String,
    /// What to do, a line each, right below.
    pub recommendations: Vec<String>,
    /// Commands that work, with descriptions; `None` where the recommendations say enough.
    pub examples: Option<Vec<(String, String)>>,
    /// Whether the error is an unknown command, which the real CLI may know.
    pub unknown_command: bool,
    /// Hints of ours, below everything else.
    pub hints: Vec<String>,
}

const REFERENCE_LINK: &str = "https://aka.ms/cli_ref";
const REFERENCE_TEXT: &str = "Read more about the command in reference docs";

impl UsageError {
    /// An error with nothing but its message and the link to the reference.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), examples: Some(Vec::new()), ..Self::default() }
    }

    /// Shows it.
    pub fn print(&self, printer: &Printer) {
        printer.error_line(&self.message);
        let style = |code: &'static str| if printer.colour() { code } else { "" };
        let (grey, blue, cyan, reset) =
            (style("\u{1b}[90m"), style("\u{1b}[94m"), style("\u{1b}[96m"), style("\u{1b}[0m"));
        let mut text = String::new();
        for recommendation in &self.recommendations {
            text.push_str(&escaped(recommendation));
            text.push('\n');
        }
        if let Some(examples) = &self.examples {
            text.push('\n');
            if !examples.is_empty() {
                text.push_str("Examples from command's help:\n");
            }
            for (command, description) in examples {
                let (command, description) = (escaped(command), escaped(description));
                text.push_str(&format!("{blue}{command}{reset}\n{grey}{description}\n{reset}\n"));
            }
            text.push_str(&format!("{cyan}{REFERENCE_LINK}{reset}\n{grey}{REFERENCE_TEXT}{reset}\n"));
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
