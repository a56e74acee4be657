//! Prints help pages.

use std::ffi::OsString;

use crate::commands::table::TABLE;
use crate::delegate::{self, NotHandedOver};
use crate::knack;
use crate::knack::command_table::{Command, Table};
use crate::knack::config::Config;
use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::report::program::Program;
use crate::report::stdout;

/// Prints the help page of a command.
///
/// # Errors
///
/// When stdout cannot be written.
pub(crate) fn of_command(
    table: &'static Table,
    command: &'static Command,
    config: &Config,
    printer: &Printer,
) -> Result<(), CliError> {
    stdout::check()?;
    if !command.extension && Program::current().is_az() {
        printer.warning("This command is from the following extension: communication");
    }
    let output = config.get("core", "output").ok().flatten();
    stdout::print(knack::command_help(table, command, output.as_deref(), printer.colour()))
}

/// Prints the help page of a group. If the Azure CLI has the group too, its own page comes first.
pub(crate) fn of_group(path: &str, raw: &[OsString], printer: &Printer) -> Result<(), CliError> {
    let table = &TABLE;
    if Program::current().is_az() && table.group(path).is_some_and(|group| group.shared) {
        match delegate::page_of_other_az(raw) {
            Ok(theirs) if theirs.status.success() && !theirs.stdout.trim_ascii().is_empty() => {
                printer.bytes(&theirs.stderr);
                stdout::print(&theirs.stdout)?;
                stdout::print(knack::group_addition(table, path, printer.colour()))?;
                return Ok(());
            }
            // The Azure CLI does not know the group: its communication extension is not installed.
            Ok(_) | Err(NotHandedOver::NoOther) => {}
            Err(NotHandedOver::Broken(broken)) => printer.warning(&CliError::from(broken).message),
            Err(NotHandedOver::Loop(error)) => return Err(error),
        }
    }
    stdout::print(knack::group_help(table, path, printer.colour()))?;
    Ok(())
}
