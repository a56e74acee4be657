//! `emulator new-authority`: makes a new certificate authority for a data folder.

use acs_identity_emulator::CA_CERTIFICATE_FILE;

use crate::commands::emulator::log;
use crate::commands::emulator::options::declared::{AUTHORITY_DATA_DIR, AUTHORITY_HOSTNAME, STORE};
use crate::commands::emulator::options::{configuration, data_folder};
use crate::commands::emulator::serving::opening::{self, Hints};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::globals::YES;
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::variables;
use crate::report::error::CliError;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Replace the certificate authority of a data folder.\n\nThe new authority may sign for local names, \
        private addresses and the given names. Clients that trust the old authority need the new certificate, ca.pem. \
        The emulator must not be running.",
    arguments: &[AUTHORITY_DATA_DIR, AUTHORITY_HOSTNAME, YES],
    connects: false,
    confirms: true,
    examples: &[Example {
        name: "Make an authority that may sign for a name of your own",
        command: "{} --hostname acs.example.com",
    }],
    run,
};

const HINTS: Hints = Hints {
    in_use: "Stop the emulator first, and start it again afterwards.",
    no_folder: "Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir.",
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    refuse_database(invocation)?;
    let folder = data_folder::data_dir(invocation)?;
    let hostnames = configuration::hostnames(invocation)?;
    log::start(log::Format::Text);
    let made = acs_identity_emulator::new_authority(&folder, &hostnames);
    log::flush();
    made.map_err(|error| {
        opening::explain(&error, &format!("No authority was made: {error}."), Some(&folder), &[], &HINTS)
    })?;
    let path = folder.join(CA_CERTIFICATE_FILE);
    let lines = format!(
        "The new authority is in {}. Replace the old authority with it in every trust store.\n",
        path.display()
    );
    invocation.printer.lines(&lines);
    Ok(Outcome::nothing())
}

/// Refuses to replace the authority of the usual folder if the variables name a database.
fn refuse_database(invocation: &Invocation<'_>) -> Result<(), CliError> {
    if invocation.arguments.has(&AUTHORITY_DATA_DIR) {
        return Ok(());
    }
    let names = STORE.variable_names();
    match names.map(variables::value).find_map(Result::transpose).transpose()? {
        Some(given) => Err(CliError::usage(format!(
            "{} names a database, and this command replaces the authority of a data folder.",
            given.named_by
        ))
        .hint("Name the folder: --data-dir FOLDER. The authority in a database stays as long as the database.")),
        None => Ok(()),
    }
}
