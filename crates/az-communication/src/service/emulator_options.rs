//! The options and variables that name the emulator on this machine. Connections read their variables, too, so they are
//! declared below the commands.

use std::net::IpAddr;

use acs_identity_protocol::connection_string::DEVELOPMENT_PORT;

use crate::knack::argument::{Argument, Completion, Variable};
use crate::knack::variables::{self, Given};
use crate::report::error::CliError;
use crate::system::platform::Platform;

/// `--host`.
pub const HOST: Argument =
    Argument::new(&["--host"], "Host name or address to listen on instead of both 127.0.0.1 and ::1.")
        .variable(Variable::Emulator)
        .extension();

/// `--port`.
pub const PORT: Argument = Argument::new(&["--port"], "Port to listen on; 0 selects a free port.")
    .variable(Variable::Emulator)
    .default("10100")
    .extension();

/// `--data-dir`.
pub const DATA_DIR: Argument =
    Argument::new(&["--data-dir"], "Folder for the data, the keys and the certificates; not with --in-memory.")
        .variable(Variable::Emulator)
        .default(Platform::HERE.data_folder())
        .completion(Completion::File)
        .extension();

/// Returns the value of the variable of an option. An empty variable counts as not set.
///
/// # Errors
///
/// When it is not UTF-8.
pub fn value_of(option: &Argument) -> Result<Option<Given>, CliError> {
    option.variable_name().map_or(Ok(None), variables::value)
}

/// Returns the host and port of an emulator on this machine that was started with the same variables.
///
/// # Errors
///
/// When a variable has an invalid value.
pub fn development_host() -> Result<String, CliError> {
    let port = match value_of(&PORT)? {
        None => DEVELOPMENT_PORT,
        Some(given) => match given.port()? {
            0 => {
                return Err(CliError::new(format!("{} is 0, so the emulator's port is not known.", given.named_by))
                    .hint("Use the connection string that the emulator prints when it starts."));
            }
            port => port,
        },
    };
    Ok(place(value_of(&HOST)?.map(|given| given.value).as_deref(), port))
}

/// Returns the host and port of a URL for an emulator that listens on that host and port on this machine.
pub fn place(host: Option<&str>, port: u16) -> String {
    let host = host.unwrap_or("localhost");
    match host.parse::<IpAddr>() {
        Ok(address) if address.is_unspecified() => format!("localhost:{port}"),
        Ok(IpAddr::V6(address)) => format!("[{address}]:{port}"),
        _ => format!("{host}:{port}"),
    }
}
