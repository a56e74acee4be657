//! From words to an exit code, in the order in which the reference does things: configuration, `@file` values, parsing,
//! warnings, confirmation, the command, the query, the output.

use std::cell::Cell;
use std::ffi::OsString;
use std::time::Instant;

use crate::cli::table::{Argument, Arity, messages};
use crate::cli::{self, Outcome, Recommendation, Unknown, UsageError};
use crate::commands::{self, Invocation};
use crate::config::Config;
use crate::delegate;
use crate::error::CliError;
use crate::exit_code::ExitCode;
use crate::output::{self, Context, Format};
use crate::pasted;
use crate::printer::{self, Level, Printer};
use crate::prompt;
use crate::subscription;
use pyjmespath::{SearchError, Value};

/// Runs the command that these words (behind `az`) name.
pub fn run(words: Vec<OsString>) -> ExitCode {
    let plain = Printer::new(Level::Warning, false);
    // What cannot be ours goes on before anything is read.
    if let Some(first) = words.first().filter(|first| !is_ours(first))
        && first != "version"
    {
        delegate::to_other_az(&words, &plain);
    }
    match start(words, &plain) {
        Ok(code) => code,
        Err(error) => {
            plain.error(&error);
            error.exit_code
        }
    }
}

fn is_ours(first: &OsString) -> bool {
    first.to_str().is_some_and(|first| first.starts_with('-') || first.eq_ignore_ascii_case("communication"))
}

fn start(words: Vec<OsString>, plain: &Printer) -> Result<ExitCode, CliError> {
    let texts = to_texts(&words)?;
    let config = Config::load()?;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colour = printer::is_terminal() && !no_color && !config.get_bool("core", "no_color")?;
    let printer = Printer::new(level(&texts, &config)?, colour);
    if let Some(why) = config.unreadable() {
        printer.warning(why);
    }
    let result = match texts.first().map(String::as_str) {
        Some("--version" | "-v" | "version") => commands::version(&words, &texts, &printer, plain),
        _ => dispatch(&words, texts, &config, &printer),
    };
    result.or_else(|error| {
        printer.error(&error);
        Ok(error.exit_code)
    })
}

/// All words as text. Ours are; a file name of the command behind `emulator run` may be anything.
fn to_texts(words: &[OsString]) -> Result<Vec<String>, CliError> {
    let own = commands::own_words(words);
    words
        .iter()
        .enumerate()
        .map(|(index, word)| match word.to_str() {
            Some(text) => Ok(text.to_owned()),
            None if index >= own => Ok(word.to_string_lossy().into_owned()),
            None => {
                Err(CliError::new(format!("Argument {} is not valid UTF-8: {}", index + 1, word.to_string_lossy()))
                    .exit_code(ExitCode::Usage))
            }
        })
        .collect()
}

fn level(words: &[String], config: &Config) -> Result<Level, CliError> {
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
    Ok(if config.get_bool("core", "only_show_errors")? { Level::Error } else { Level::Warning })
}

fn dispatch(raw: &[OsString], words: Vec<String>, config: &Config, printer: &Printer) -> Result<ExitCode, CliError> {
    let own = commands::own_words(raw).min(words.len());
    let (mine, rest) = words.split_at(own);
    let mut words = cli::expand_file_arguments(mine.to_vec())?;
    words.extend_from_slice(rest);
    let only_flags = words.iter().all(|word| matches!(word.as_str(), "--debug" | "--verbose" | "--only-show-errors"));
    if only_flags {
        return help_of_group("", raw, printer);
    }
    if words[0].eq_ignore_ascii_case("help") {
        words[0] = "--help".into();
    }
    let parsed = cli::parse(&commands::TABLE, &words);
    for value in &parsed.subscriptions {
        subscription::warn_if_unknown(value, config, printer);
    }
    match parsed.outcome {
        Ok(Outcome::Run(command, arguments)) => {
            let invocation = Invocation {
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
            output::check()?;
            if !command.extension {
                printer.warning("This command is from the following extension: communication");
            }
            let output = config.get("core", "output").ok().flatten();
            output::print(&cli::command_help(&commands::TABLE, command, output.as_deref(), printer.colour()))?;
            Ok(ExitCode::Success)
        }
        Ok(Outcome::GroupHelp(path)) => help_of_group(&path, raw, printer),
        Err(error) => Ok(usage_error(error, raw, config, printer)),
    }
}

fn help_of_group(path: &str, raw: &[OsString], printer: &Printer) -> Result<ExitCode, CliError> {
    if path.is_empty() || commands::TABLE.group(path).is_some_and(|group| group.shared) {
        delegate::to_other_az(raw, printer);
    }
    output::print(&cli::group_help(&commands::TABLE, path, printer.colour()))?;
    Ok(ExitCode::Success)
}

fn usage_error(mut error: UsageError, raw: &[OsString], config: &Config, printer: &Printer) -> ExitCode {
    let is_command = error.unknown.is_some_and(Unknown::is_command);
    if is_command {
        delegate::to_other_az(raw, printer);
    }
    if matches!(error.unknown, Some(Unknown::FirstWord | Unknown::BelowGroup)) && !error.suggests() {
        error.hints.push(
            "This az knows `az communication identity`, `user-identity` and `emulator`. For all other commands it \
             calls the Azure CLI, which was not found further down PATH."
                .into(),
        );
    }
    error.hints.extend(raw.iter().filter_map(|word| pasted::hidden_in_word(word.to_str()?)));
    let dynamic_install = config.get("extension", "use_dynamic_install").ok().flatten();
    if matches!(error.unknown, Some(Unknown::FirstWord | Unknown::Value))
        && error.recommendation.is_none()
        && dynamic_install.is_some_and(|value| value.eq_ignore_ascii_case("no"))
    {
        error.recommendation = Some(Recommendation::ExtensionReference);
    }
    let recommends = config.get("core", "error_recommendation").ok().flatten();
    if recommends.is_some_and(|value| value.eq_ignore_ascii_case("off")) {
        error.examples = None;
    }
    error.print(printer);
    ExitCode::Usage
}

fn execute(invocation: &Invocation<'_>) -> Result<ExitCode, CliError> {
    // Only here: a program that is run in our place must find the signal as we found it, and help needs no handler.
    prompt::exit_on_interrupt();
    let started = Instant::now();
    let printer = &invocation.printer;
    refuse_empty_values(invocation)?;
    let format = format_of(invocation)?;
    let starts_a_program = invocation.command.verb.arguments.iter().any(|argument| argument.arity == Arity::Remainder);
    if format != Format::None && !starts_a_program {
        output::check()?;
    }
    for message in messages::of_command(&commands::TABLE, invocation.command) {
        printer.warning(&message);
    }
    if invocation.command.verb.confirms {
        invocation.confirm("Are you sure you want to perform this operation?")?;
    }
    let result = (invocation.command.verb.run)(invocation);
    let code = invocation.exit_code.get();
    let elapsed = started.elapsed().as_secs_f64();
    printer.info(&format!("Command ran in {elapsed:.3} seconds."));
    let Some(value) = result.map_err(|error| pasted::explain(error, &invocation.arguments))? else {
        return Ok(code);
    };
    show(invocation, value)?;
    Ok(code)
}

/// Prints a result as `--query` and `--output` have it.
///
/// # Errors
///
/// When the query does not fit the result, or stdout cannot be written.
pub(crate) fn show(invocation: &Invocation<'_>, value: Value) -> Result<(), CliError> {
    let value = filter(invocation, value)?;
    if matches!(value, Value::Null) {
        return Ok(());
    }
    let text = output::format(&value, format_of(invocation)?, context(invocation))?;
    output::print(&text).map_err(|error| match invocation.command.verb.connects {
        true => CliError { message: format!("{} The command itself was carried out.", error.message), ..error },
        false => error,
    })
}

fn context(invocation: &Invocation<'_>) -> Context {
    Context {
        queried: invocation.arguments.query().is_some(),
        colour: invocation.printer.colour(),
        columns: invocation.columns.get(),
    }
}

/// A list whose items are printed as they come; `None` where the output format needs all of them.
///
/// # Errors
///
/// When the configuration names another format.
pub(crate) fn items(invocation: &Invocation<'_>) -> Result<Option<output::Items>, CliError> {
    Ok(output::Items::new(format_of(invocation)?, context(invocation)))
}

/// An empty value is most likely a variable that is not set. To leave the option out instead would do something else than
/// what was asked for: create a new user, or give a token its longest lifetime.
fn refuse_empty_values(invocation: &Invocation<'_>) -> Result<(), CliError> {
    let refused = |argument: &&Argument| {
        argument.not_empty
            && argument.arity != Arity::Remainder
            && invocation.arguments.list(argument.key()).iter().any(String::is_empty)
    };
    match commands::TABLE.arguments(invocation.command).find(refused) {
        Some(argument) => Err(CliError::new(format!("{} is empty.", argument.key()))),
        None => Ok(()),
    }
}

/// The output format, checked before anything is sent: a token that could not be shown would be lost.
fn format_of(invocation: &Invocation<'_>) -> Result<Format, CliError> {
    let name = match invocation.arguments.get("--output") {
        Some(name) => name.to_owned(),
        None => invocation.config.get("core", "output")?.unwrap_or_else(|| "json".into()).to_lowercase(),
    };
    Format::from_name(&name).ok_or_else(|| {
        let mut names = Format::NAMES;
        names.sort_unstable();
        CliError::new(format!("'{name}' is not an output format. Allowed values: {}.", names.join(", ")))
            .hint("Correct AZURE_CORE_OUTPUT, or [core] output in the config file.")
    })
}

fn filter(invocation: &Invocation<'_>, value: Value) -> Result<Value, CliError> {
    let Some(query) = invocation.arguments.query() else {
        return Ok(value);
    };
    query.search(&value).map_err(|error| match error {
        SearchError::Jmespath(message) => {
            CliError::new(format!("Invalid jmespath query supplied for `--query`: {message}\n{}", cli::QUERY_REFERENCE))
        }
        SearchError::Python(message) => {
            CliError::new(format!("The --query cannot be applied to the result: {message}."))
        }
    })
}
