//! Listens, and explains why the emulator cannot listen.

use std::io::{Error as IoError, ErrorKind};
use std::net::SocketAddr;

use acs_identity_emulator::{Emulator, Error, Serving};

use crate::report::error::CliError;
use crate::system::system_text;

/// Listens, and serves on the current runtime.
///
/// # Errors
///
/// Fails when this machine does not have an address, when the port is taken, or when this user may not use the port.
pub(crate) async fn serve(emulator: Emulator) -> Result<Serving, CliError> {
    emulator.serve().await.map_err(|error| match error {
        Error::Listen(address, error) => refused(address, &error),
        other => CliError::new(format!("The emulator cannot start: {other}.")),
    })
}

fn refused(address: SocketAddr, error: &IoError) -> CliError {
    let described = CliError::new(format!("Cannot listen on {address}: {}.", system_text(error)));
    match error.kind() {
        ErrorKind::AddrInUse => described
            .hint("Is an emulator running already? Choose another port: --port NUMBER, or --port 0 for any free one."),
        ErrorKind::PermissionDenied => described.hint(
            "Ports below 1024 need a right that this user does not have. Choose another port: --port NUMBER, or --port 0 \
             for any free one.",
        ),
        ErrorKind::AddrNotAvailable => described.hint(
            "This machine does not have the address. Give one of its addresses, or leave out --host to listen on \
             127.0.0.1 and ::1.",
        ),
        _ => described.advise(error),
    }
}
