//! Runs a command. The checks and questions before it come in the same order as in the reference.

use crate::knack::argument::{Argument, Arity};
use crate::knack::command_table::messages;
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::output::Format;
use crate::knack::{pasted, rendering};
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::program::Program;
use crate::report::{prompt, stdout};

/// Runs a command.
///
/// # Errors
///
/// When the command fails, when its result could not be shown, or when the user declines the confirmation.
pub(crate) fn execute(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    // The handler is installed only here: a program that runs in place of this one must inherit the signal unchanged,
    // and help does not need a handler.
    prompt::exit_on_interrupt(&invocation.printer);
    let printer = &invocation.printer;
    refuse_empty_values(invocation)?;
    let format = rendering::format_of(invocation);
    let starts_a_program = invocation.command.spec.arguments.iter().any(|argument| argument.arity == Arity::Remainder);
    // A command that asks for confirmation has no result. Neither stdout nor the format is checked for it, as in the
    // reference.
    let has_result = !invocation.command.spec.confirms;
    if has_result && format != Ok(Format::None) && !starts_a_program {
        stdout::check()?;
    }
    for message in messages::of_command(Program::current(), invocation.table, invocation.command) {
        printer.warning(&message);
    }
    if invocation.command.spec.confirms {
        invocation.confirm("Are you sure you want to perform this operation?")?;
    }
    // The format is checked before anything is sent: a token that could not be shown would be lost.
    if has_result {
        format?;
    }
    let outcome = (invocation.command.spec.run)(invocation);
    let known = invocation.table.arguments(invocation.command);
    outcome.map_err(|error| pasted::explain(error, known, &invocation.arguments))
}

/// Refuses empty values, because an empty value is most likely a variable that is not set. To ignore the option instead
/// would do something that the user did not ask for: create a new user, or give a token its longest lifetime.
fn refuse_empty_values(invocation: &Invocation<'_>) -> Result<(), CliError> {
    let refused = |argument: &&Argument| {
        argument.not_empty
            && argument.arity != Arity::Remainder
            && invocation.arguments.list(argument).iter().any(String::is_empty)
    };
    match invocation.table.arguments(invocation.command).find(refused) {
        Some(argument) => {
            let error = CliError::new(format!("{} is empty.", argument.key()));
            // The reference refuses empty values of some arguments with exit code 1.
            Err(if argument.extension || invocation.command.extension {
                error.exit_code(ExitCode::Usage)
            } else {
                error
            })
        }
        None => Ok(()),
    }
}
