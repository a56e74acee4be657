//! Runs a command: what is checked and asked before it, in the order in which the reference does that.

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
/// When the command fails, its result could not be shown, or the answer to its question is no.
pub(crate) fn execute(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    // Only here: a program that is run in our place must find the signal as we found it, and help needs no handler.
    prompt::exit_on_interrupt(&invocation.printer);
    let printer = &invocation.printer;
    refuse_empty_values(invocation)?;
    let format = rendering::format_of(invocation);
    let starts_a_program = invocation.command.spec.arguments.iter().any(|argument| argument.arity == Arity::Remainder);
    // What asks before it acts has no result: neither stdout nor the format is looked at, as in the reference.
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
    // Before anything is sent: a token that could not be shown would be lost.
    if has_result {
        format?;
    }
    let outcome = (invocation.command.spec.run)(invocation);
    outcome.map_err(|error| pasted::explain(error, &invocation.arguments))
}

/// An empty value is most likely a variable that is not set. To leave the option out instead would do something else than
/// what was asked for: create a new user, or give a token its longest lifetime.
fn refuse_empty_values(invocation: &Invocation<'_>) -> Result<(), CliError> {
    let refused = |argument: &&Argument| {
        argument.not_empty
            && argument.arity != Arity::Remainder
            && invocation.arguments.list(argument).iter().any(String::is_empty)
    };
    match invocation.table.arguments(invocation.command).find(refused) {
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
