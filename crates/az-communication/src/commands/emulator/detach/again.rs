//! The command that starts this program again with the same options.

use std::env;
use std::process::Command;

use crate::commands::emulator::detach::mark;
use crate::commands::emulator::options::declared::{
    DATA_DIR, DETACH, IMPORT, IN_MEMORY, LOG_FILE, OPEN, PID_FILE, READY_FILE, SEED, STORE,
};
use crate::commands::emulator::options::path_text::text_of;
use crate::commands::emulator::options::{access_key, control_secret, read, store};
use crate::commands::emulator::process::default_paths::Places;
use crate::knack::argument::{Argument, Arity};
use crate::knack::globals::{DEBUG, ONLY_SHOW_ERRORS, VERBOSE};
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::system;

/// Returns the command that serves.
///
/// # Errors
///
/// Fails when a secret cannot be read, or when a path is not UTF-8.
pub(crate) fn command(invocation: &Invocation<'_>, places: &Places) -> Result<Command, CliError> {
    refuse_files_of_this_process(invocation)?;
    let mut command = Command::new(system::own_program());
    // The program may depend on the name with which it is called.
    if let Some(name) = env::args_os().next() {
        system::call_by(&mut command, &name);
    }
    command.args(invocation.command.path.split(' '));
    let arguments = &invocation.arguments;
    let files = [(&PID_FILE, &places.pid), (&LOG_FILE, &places.log), (&READY_FILE, &places.ready)];
    let secrets = [access_key::SECRET, control_secret::SECRET, store::SECRET];
    let is_put_otherwise = |argument: &Argument| {
        let mut others =
            files.iter().map(|(file, _)| file.key()).chain(secrets.iter().map(|secret| secret.option.key()));
        // This process opens the page.
        [DETACH.key(), OPEN.key()].contains(&argument.key()) || others.any(|key| key == argument.key())
    };
    for argument in invocation.command.spec.arguments.iter().filter(|argument| arguments.has(argument)) {
        let key = argument.key();
        match argument.arity {
            _ if is_put_otherwise(argument) => {}
            Arity::Flag => drop(command.arg(key)),
            Arity::One => drop(command.arg(format!("{key}={}", arguments.get(argument).unwrap_or_default()))),
            Arity::Positional => drop(command.args(arguments.list(argument))),
            Arity::Many | Arity::Remainder => drop(command.arg(key).args(arguments.list(argument))),
        }
    }
    for (argument, path) in files {
        command.arg(format!("{}={}", argument.key(), text_of(path)?));
    }
    let levels = [DEBUG, VERBOSE, ONLY_SHOW_ERRORS];
    command.args(levels.iter().filter(|flag| arguments.has(flag)).map(Argument::key));
    // Secrets are not passed as arguments, because all users can see arguments. A file cannot be passed either, because
    // a file such as the shell's `<(…)` cannot be read twice.
    // As a variable, it would contradict this one.
    if arguments.has(&STORE) {
        command.env_remove(IN_MEMORY.variable_name().unwrap_or_default());
    }
    for secret in secrets {
        // The variables of a place for the data that is not used are left as they are.
        if secret.option.key() == STORE.key() && [&IN_MEMORY, &DATA_DIR].iter().any(|place| arguments.has(place)) {
            continue;
        }
        let Some(given) = secret.given(invocation)? else { continue };
        (secret.check)(&given)?;
        let Some(name) = secret.option.variable_name() else { continue };
        command.env(&name, given.value).env_remove(format!("{name}_FILE"));
    }
    mark::put(&mut command);
    Ok(command)
}

/// Refuses files such as the shell's `<(…)` and `/dev/stdin`: the process that serves has other descriptors, and would
/// find nothing there.
fn refuse_files_of_this_process(invocation: &Invocation<'_>) -> Result<(), CliError> {
    for argument in [&SEED, &IMPORT] {
        let Some(given) = read::option(invocation, argument)? else { continue };
        let path = read::absolute(given.value.clone().into())?;
        if path.starts_with("/dev") || path.starts_with("/proc") {
            let message =
                format!("{} names '{}', which an emulator in the background cannot read.", given.named_by, given.value);
            return Err(CliError::usage(message).hint("Name a file, or leave out --detach."));
        }
    }
    Ok(())
}
