//! From words to an exit code: whose command it is, then, in the order in which the reference does things, configuration,
//! `@file` values, parsing, warnings, confirmation, the command, the query, the output.

use std::cell::Cell;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::commands::table::TABLE;
use crate::commands::version;
use crate::delegate::{self, NotHandedOver};
use crate::knack::command_table::{Argument, Arity, Table, messages};
use crate::knack::config::{self, Config};
use crate::knack::grammar::argparse::{Outcome, Parsed};
use crate::knack::invocation::Invocation;
use crate::knack::output::Format;
use crate::knack::rendering;
use crate::knack::usage_error::{Recommendation, Unknown, UsageError};
use crate::knack::{pasted, subscription};
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::{self, Level, Printer};
use crate::report::program::Program;
use crate::report::stdout;
use crate::report::{log_file, prompt, times};
use crate::{knack, system};

/// Runs the command that these words name. The first one is the name that this program was called by.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words = Program::take(words);
    times::started(&words);
    let plain = Printer::new(Level::Warning, false);
    system::with_room(|| {
        start(&words, &plain).unwrap_or_else(|error| {
            plain.error(&error);
            error.exit_code
        })
    })
}

fn start(raw: &[OsString], plain: &Printer) -> Result<ExitCode, CliError> {
    let words: Vec<String> = raw.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let table = match words.first().map(String::as_str) {
        Some("--version" | "-v") => {
            let code = version::print_versions(raw, plain)?;
            if words.iter().any(|word| matches!(word.as_str(), "--verbose" | "--debug")) {
                Printer::new(Level::Info, false).command_ran();
            }
            return Ok(code);
        }
        Some("version") => &version::VERSION_TABLE,
        _ => &TABLE,
    };
    // Nothing is read for the commands of others: no configuration, no file, no stdin.
    let is_az = Program::current().is_az();
    let foreign_word = is_az
        && words.first().is_some_and(|word| !word.starts_with('-') && !word.eq_ignore_ascii_case("communication"));
    if foreign_word {
        hand_over(raw, &words, plain)?;
    }
    let parsed = parse(table, &words);
    if is_az && !foreign_word && is_theirs(table, &parsed, &words) {
        hand_over(raw, &words, plain)?;
    }
    let own = own_words(&parsed, &words);
    if parsed.outcome.is_ok() {
        check_utf8(&raw[..own])?;
    }
    let config = Config::load()?;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let global = Global::read(&config)?;
    let colour = printer::is_terminal() && !no_color && !global.no_color;
    let printer = Printer::new(level(&words[..own], &global)?, colour);
    if let Some(why) = config.unreadable() {
        printer.warning(why);
    }
    if let Some(folder) = log_folder(&config)?
        && let Err(error) = log_file::start(&folder)
    {
        printer.warning(&error.message);
    }
    if printer.shows(Level::Debug) || log_file::is_open() {
        printer.debug(&format!("Command arguments: {:?}", without_values(&words)));
    }
    if printer.shows(Level::Info) || log_file::is_open() {
        times::ready();
    }
    let result = dispatch(table, raw, words, own, parsed, &config, &printer);
    let code = result.unwrap_or_else(|error| {
        printer.error(&error);
        error.exit_code
    });
    printer.command_ran();
    Ok(code)
}

/// The folder of the log file, where `[logging] enable_log_file` asks for one.
fn log_folder(config: &Config) -> Result<Option<PathBuf>, CliError> {
    if !config.get_bool("logging", "enable_log_file")? {
        return Ok(None);
    }
    Ok(match config.get("logging", "log_dir")? {
        Some(folder) => Some(system::expand_user(&folder)),
        None => config::directory().map(|folder| folder.join("logs")),
    })
}

/// What the configuration says about every command. As in the reference, a value that cannot be read ends each of them.
struct Global {
    no_color: bool,
    only_show_errors: bool,
}

impl Global {
    fn read(config: &Config) -> Result<Self, CliError> {
        // The parser of the reference names the format in its help.
        config.get("core", "output")?;
        Ok(Self {
            no_color: config.get_bool("core", "no_color")?,
            only_show_errors: config.get_bool("core", "only_show_errors")?,
        })
    }
}

/// The words of a command and the names of its options. Values may be secrets.
fn without_values(words: &[String]) -> Vec<String> {
    let is_command = |word: &String| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let command = words.iter().take_while(|word| !word.starts_with('-') && is_command(word)).count();
    let shown = words.iter().enumerate().map(|(at, word)| match word.split_once('=') {
        _ if at < command => word.clone(),
        Some((name, _)) if name.starts_with("--") && is_command(&name.to_owned()) => format!("{name}={{}}"),
        None if word.starts_with("--") && is_command(word) => word.clone(),
        _ if word.starts_with('-') && word.len() == 2 => word.clone(),
        _ => "{}".to_owned(),
    });
    shown.collect()
}

/// Hands over, or returns where there is nobody to hand over to.
fn hand_over(raw: &[OsString], words: &[String], plain: &Printer) -> Result<(), CliError> {
    let printer = if words.iter().any(|word| word == "--debug") { &Printer::new(Level::Debug, false) } else { plain };
    match delegate::to_other_az(raw, printer) {
        Ok(code) => std::process::exit(i32::from(code.number())),
        Err(why) => why.error().map_or(Ok(()), Err),
    }
}

fn parse(table: &'static Table, words: &[String]) -> Parsed {
    let only_flags = words.iter().all(|word| matches!(word.as_str(), "--debug" | "--verbose" | "--only-show-errors"));
    if only_flags {
        return Parsed { outcome: Ok(Outcome::GroupHelp(String::new())), subscriptions: Vec::new() };
    }
    if words[0].eq_ignore_ascii_case("help") {
        let help = std::iter::once("--help".to_owned());
        return parse_named(table, &help.chain(words[1..].iter().cloned()).collect::<Vec<_>>());
    }
    parse_named(table, words)
}

fn parse_named(table: &Table, words: &[String]) -> Parsed {
    match Program::current() {
        Program::Az => knack::parse(table, words),
        Program::Own(_) => knack::parse_short(table, words),
    }
}

/// Whether the words name what only the real `az` may have.
fn is_theirs(table: &Table, parsed: &Parsed, words: &[String]) -> bool {
    match &parsed.outcome {
        Ok(Outcome::GroupHelp(path)) => path.is_empty(),
        Ok(_) => false,
        Err(error) => error.unknown.is_some_and(Unknown::is_command) || knack::leads_elsewhere(table, words),
    }
}

/// How many words at the start are ours; those behind belong to the command of `emulator run`.
fn own_words(parsed: &Parsed, words: &[String]) -> usize {
    match &parsed.outcome {
        Ok(Outcome::Run(command, arguments)) => {
            let rest = command.verb.arguments.iter().find(|argument| argument.arity == Arity::Remainder);
            words.len() - rest.map_or(0, |argument| arguments.list(argument.key()).len())
        }
        _ => words.len(),
    }
}

/// The words of our own commands are text.
fn check_utf8(words: &[OsString]) -> Result<(), CliError> {
    match words.iter().position(|word| word.to_str().is_none()) {
        None => Ok(()),
        Some(at) => {
            let word = words[at].to_string_lossy();
            Err(CliError::new(format!("Argument {} is not valid UTF-8: '{word}'.", at + 1)).exit_code(ExitCode::Usage))
        }
    }
}

fn level(words: &[String], global: &Global) -> Result<Level, CliError> {
    let has = |flag: &str| words.iter().take_while(|word| *word != "--").any(|word| word == flag);
    if has("--only-show-errors") {
        if has("--debug") || has("--verbose") {
            return Err(CliError::new("--only-show-errors can't be used together with --debug or --verbose"));
        }
        return Ok(Level::Error);
    }
    if has("--debug") {
        return Ok(Level::Debug);
    }
    if has("--verbose") {
        return Ok(Level::Info);
    }
    Ok(if global.only_show_errors { Level::Error } else { Level::Warning })
}

fn dispatch(
    table: &'static Table,
    raw: &[OsString],
    mut words: Vec<String>,
    own: usize,
    mut parsed: Parsed,
    config: &Config,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let names_files = words[..own].iter().any(|word| word.contains('@'));
    if names_files {
        // A file may be a pipe that somebody types into.
        prompt::exit_on_interrupt(printer);
        let rest = words.split_off(own);
        words = knack::expand_file_arguments(words)?;
        words.extend(rest);
        parsed = parse(table, &words);
    }
    for value in &parsed.subscriptions {
        subscription::warn_if_unknown(value, config, printer);
    }
    match parsed.outcome {
        Ok(Outcome::Run(command, arguments)) => {
            let invocation = Invocation {
                table: &TABLE,
                command,
                arguments,
                config,
                printer: *printer,
                raw,
                exit_code: Cell::default(),
                columns: Cell::default(),
            };
            execute(&invocation)
        }
        Ok(Outcome::CommandHelp(command)) => {
            stdout::check()?;
            if !command.extension && Program::current().is_az() {
                printer.warning("This command is from the following extension: communication");
            }
            let output = config.get("core", "output").ok().flatten();
            stdout::print(knack::command_help(table, command, output.as_deref(), printer.colour()))?;
            Ok(ExitCode::Success)
        }
        Ok(Outcome::GroupHelp(path)) => help_of_group(&path, raw, printer),
        Err(error) => usage_error(error, raw, config, printer),
    }
}

/// The page of a group. Where the group is the Azure CLI's as well, and that knows it, its page comes first.
fn help_of_group(path: &str, raw: &[OsString], printer: &Printer) -> Result<ExitCode, CliError> {
    let table = &TABLE;
    if Program::current().is_az() && table.group(path).is_some_and(|group| group.shared) {
        match delegate::page_of_other_az(raw) {
            Ok(theirs) if theirs.status.success() && !theirs.stdout.trim_ascii().is_empty() => {
                printer.bytes(&theirs.stderr);
                stdout::print(&theirs.stdout)?;
                stdout::print(knack::group_addition(table, path, printer.colour()))?;
                return Ok(ExitCode::Success);
            }
            // It does not know the group: the extension is not installed there.
            Ok(_) | Err(NotHandedOver::Nobody) => {}
            Err(NotHandedOver::Broken(broken)) => printer.warning(&CliError::from(broken).message),
            Err(NotHandedOver::Loop(error)) => return Err(error),
        }
    }
    stdout::print(knack::group_help(table, path, printer.colour()))?;
    Ok(ExitCode::Success)
}

fn usage_error(
    mut error: UsageError,
    raw: &[OsString],
    config: &Config,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    if matches!(error.unknown, Some(Unknown::FirstWord | Unknown::BelowGroup)) && !error.suggests() {
        error.hints.push(format!(
            "This az knows {}. For all other commands it calls the Azure CLI, which was not found further down PATH.",
            own_commands()
        ));
    }
    error.hints.extend(raw.iter().filter_map(|word| pasted::hidden_in_word(word.to_str()?)));
    let dynamic_install = config.get("extension", "use_dynamic_install").ok().flatten();
    if matches!(error.unknown, Some(Unknown::FirstWord | Unknown::Value))
        && error.recommendation.is_none()
        && Program::current().is_az()
        && dynamic_install.is_some_and(|value| value.eq_ignore_ascii_case("no"))
    {
        error.recommendation = Some(Recommendation::ExtensionReference);
    }
    let recommends = config.get("core", "error_recommendation")?;
    if recommends.is_some_and(|value| value.eq_ignore_ascii_case("off")) {
        error.examples = None;
    }
    error.print(printer);
    Ok(ExitCode::Usage)
}

/// What `az communication` has here, in words.
fn own_commands() -> String {
    let mut names = TABLE.children("communication");
    names.sort_unstable();
    let last = names.pop().unwrap_or_default();
    format!("`az communication` {} and {last}", names.join(", "))
}

fn execute(invocation: &Invocation<'_>) -> Result<ExitCode, CliError> {
    // Only here: a program that is run in our place must find the signal as we found it, and help needs no handler.
    prompt::exit_on_interrupt(&invocation.printer);
    let printer = &invocation.printer;
    refuse_empty_values(invocation)?;
    let format = rendering::format_of(invocation);
    let starts_a_program = invocation.command.verb.arguments.iter().any(|argument| argument.arity == Arity::Remainder);
    // What asks before it acts has no result: neither stdout nor the format is looked at, as in the reference.
    let has_result = !invocation.command.verb.confirms;
    if has_result && format != Ok(Format::None) && !starts_a_program {
        stdout::check()?;
    }
    for message in messages::of_command(Program::current(), &TABLE, invocation.command) {
        printer.warning(&message);
    }
    if invocation.command.verb.confirms {
        invocation.confirm("Are you sure you want to perform this operation?")?;
    }
    // Before anything is sent: a token that could not be shown would be lost.
    if has_result {
        format?;
    }
    let result = (invocation.command.verb.run)(invocation);
    let code = invocation.exit_code.get();
    let Some(value) = result.map_err(|error| pasted::explain(error, &invocation.arguments))? else {
        return Ok(code);
    };
    rendering::show(invocation, value)?;
    Ok(code)
}

/// An empty value is most likely a variable that is not set. To leave the option out instead would do something else than
/// what was asked for: create a new user, or give a token its longest lifetime.
fn refuse_empty_values(invocation: &Invocation<'_>) -> Result<(), CliError> {
    let refused = |argument: &&Argument| {
        argument.not_empty
            && argument.arity != Arity::Remainder
            && invocation.arguments.list(argument.key()).iter().any(String::is_empty)
    };
    match TABLE.arguments(invocation.command).find(refused) {
        Some(argument) => {
            let error = CliError::new(format!("{} is empty.", argument.key()));
            // The reference has arguments whose empty values it refuses with 1.
            Err(if argument.extension || invocation.command.extension {
                error.exit_code(ExitCode::Usage)
            } else {
                error
            })
        }
        None => Ok(()),
    }
}
