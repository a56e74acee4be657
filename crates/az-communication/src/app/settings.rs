//! Settings of the configuration, the environment and the flags that apply to every command.

use std::path::PathBuf;

use crate::knack::argument::Argument;
use crate::knack::config::{self, Config};
use crate::knack::globals::{DEBUG, ONLY_SHOW_ERRORS, VERBOSE};
use crate::report::error::CliError;
use crate::report::log_file;
use crate::report::printer::{self, Level, Printer};
use crate::system;

/// Opens the outputs for messages: stderr, with its level and colours, and the log file.
///
/// # Errors
///
/// When the configuration has an invalid value, or when flags contradict each other. As in the reference, this ends
/// every command.
pub(crate) fn printer(config: &Config, words: &[String]) -> Result<Printer, CliError> {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let global = Global::read(config)?;
    let colour = printer::is_terminal() && !no_color && !global.no_color;
    let printer = Printer::new(level(words, &global)?, colour);
    if let Some(why) = config.unreadable() {
        printer.warning(why);
    }
    if let Some(folder) = log_folder(config)?
        && let Err(error) = log_file::start(&folder)
    {
        printer.warning(&error.message);
    }
    Ok(printer)
}

/// Returns the folder of the log file if `[logging] enable_log_file` is set.
fn log_folder(config: &Config) -> Result<Option<PathBuf>, CliError> {
    if !config.get_bool("logging", "enable_log_file")? {
        return Ok(None);
    }
    Ok(match config.get("logging", "log_dir")? {
        Some(folder) => Some(system::expand_user(&folder)),
        None => config::directory().map(|folder| folder.join("logs")),
    })
}

/// The settings of the configuration that apply to every command. As in the reference, an invalid value ends every
/// command.
struct Global {
    no_color: bool,
    only_show_errors: bool,
}

impl Global {
    fn read(config: &Config) -> Result<Self, CliError> {
        // The value is read here because the parser of the reference reads it too: it shows the format in its help.
        config.get("core", "output")?;
        Ok(Self {
            no_color: config.get_bool("core", "no_color")?,
            only_show_errors: config.get_bool("core", "only_show_errors")?,
        })
    }
}

fn level(words: &[String], global: &Global) -> Result<Level, CliError> {
    let has = |flag: &Argument| words.iter().take_while(|word| *word != "--").any(|word| word == flag.key());
    if has(&ONLY_SHOW_ERRORS) {
        if has(&DEBUG) || has(&VERBOSE) {
            return Err(CliError::new("--only-show-errors can't be used together with --debug or --verbose"));
        }
        return Ok(Level::Error);
    }
    if has(&DEBUG) {
        return Ok(Level::Debug);
    }
    if has(&VERBOSE) {
        return Ok(Level::Info);
    }
    Ok(if global.only_show_errors { Level::Error } else { Level::Warning })
}
