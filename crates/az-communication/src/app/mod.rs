//! Turns words into an exit code in four stages: [`Words`], a parsed command, an [`Outcome`], its rendered output.

mod execute;
mod help;
mod parse;
mod settings;
mod usage;
mod words;

use std::ffi::OsString;

use crate::app::parse::Whose;
use crate::app::words::Words;
use crate::commands::table::TABLE;
use crate::commands::version;
use crate::knack::command_table::Table;
use crate::knack::config::Config;
use crate::knack::globals::{DEBUG, VERBOSE};
use crate::knack::grammar::argparse::{Parsed, ParsedCommand};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::{file_arguments, rendering, subscription};
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::{Level, Printer};
use crate::report::program::Program;
use crate::report::{log_file, prompt, times};
use crate::system;

/// Runs the command that these words name. The first word is the name that this program was called by.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words = Words::of(Program::take(words));
    times::started(words.raw());
    let plain = Printer::new(Level::Warning, false);
    let code = system::with_room(|| {
        start(&words, &plain).unwrap_or_else(|error| {
            plain.error(&error);
            error.exit_code
        })
    });
    if let ExitCode::Signal(signal) = code {
        system::end_by(signal);
    }
    code
}

/// Decides whether the command is ours. If so, reads the configuration and runs the command.
fn start(words: &Words, plain: &Printer) -> Result<ExitCode, CliError> {
    let table = match words.first() {
        Some("--version" | "-v") => return print_versions(words, plain),
        Some("version") => &version::VERSION_TABLE,
        _ => &TABLE,
    };
    let parsed = match parse::parse(table, words, plain)? {
        Whose::Theirs(code) => return Ok(code),
        Whose::Ours(parsed) => parsed,
    };
    let own = parse::own_words(&parsed, words.text());
    if parsed.command.is_ok() {
        words.check_utf8(own)?;
    }
    let config = Config::load()?;
    let printer = settings::printer(&config, &words.text()[..own])?;
    if printer.shows(Level::Debug) || log_file::is_open() {
        printer.debug(&format!("Command arguments: {:?}", words.without_values()));
    }
    if printer.shows(Level::Info) || log_file::is_open() {
        times::ready();
    }
    let result = expand(table, words, own, parsed, &printer)
        .and_then(|parsed| carry_out(table, words, parsed, &config, &printer));
    let code = result.unwrap_or_else(|error| {
        printer.error(&error);
        error.exit_code
    });
    printer.command_ran();
    Ok(code)
}

fn print_versions(words: &Words, plain: &Printer) -> Result<ExitCode, CliError> {
    let code = version::print_versions(words.raw(), plain)?;
    if words.has(&[&VERBOSE, &DEBUG]) {
        Printer::new(Level::Info, false).command_ran();
    }
    Ok(code)
}

/// Reads the files that values name (`@FILE`), and parses the words again with the text of the files.
fn expand(
    table: &'static Table,
    words: &Words,
    own: usize,
    parsed: Parsed,
    printer: &Printer,
) -> Result<Parsed, CliError> {
    let (own, rest) = words.text().split_at(own);
    if !own.iter().any(|word| word.contains('@')) {
        return Ok(parsed);
    }
    // A file may be a pipe that waits for input.
    prompt::exit_on_interrupt(printer);
    let mut texts = file_arguments::expand(own.to_vec())?;
    texts.extend_from_slice(rest);
    Ok(parse::of_texts(table, &texts))
}

/// Runs the command and shows its outcome, or shows a help page, or shows the error in the command line.
fn carry_out(
    table: &'static Table,
    words: &Words,
    parsed: Parsed,
    config: &Config,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    for value in &parsed.subscriptions {
        subscription::warn_if_unknown(value, config, printer);
    }
    let (command, arguments) = match parsed.command {
        Ok(ParsedCommand::Run(command, arguments)) => (command, arguments),
        Ok(ParsedCommand::CommandHelp(command)) => {
            return help::of_command(table, command, config, printer).map(|()| ExitCode::Success);
        }
        Ok(ParsedCommand::GroupHelp(path)) => {
            return help::of_group(&path, words.raw(), printer).map(|()| ExitCode::Success);
        }
        Err(error) => return usage::print(error, words.raw(), config, printer),
    };
    let invocation = Invocation { table: &TABLE, command, arguments, config, printer: *printer, raw: words.raw() };
    let Outcome { result, exit_code, columns, foreign } = execute::execute(&invocation)?;
    match result {
        Some(result) if foreign => rendering::show_foreign(&invocation, result, columns)?,
        Some(result) => rendering::show(&invocation, result, columns)?,
        None => {}
    }
    Ok(exit_code)
}
