//! Hints about requests without a complete answer.

use crate::report::program::Program;
use crate::service::failure::Failure;
use crate::service::sending::redirect;
use crate::service::words::outcome::unknown_outcome;
use crate::service::words::{certificate, proxy, tls};
use crate::system::limits;
use crate::system::platform::Platform;
use crate::transport::error::TransportError;
use crate::transport::names;

pub(super) fn hints(error: &TransportError, failure: &Failure) -> Vec<String> {
    let one = |hint: &str| vec![hint.to_owned()];
    if let Some(advice) = limit_of(error) {
        return one(advice);
    }
    match error {
        TransportError::UnknownHost(_) if failure.login => {
            one("Check the endpoint, and that this machine can resolve names.")
        }
        TransportError::UnknownHost(_) => {
            one("Check the 'endpoint' part of the connection string, and that this machine can resolve names.")
        }
        TransportError::NameService(_) => one(Platform::HERE.check_name_servers()),
        TransportError::Connect(server, _) if names::lacks_a_zone(server) => one(
            "Such an address is valid within one network only, and the endpoint cannot name the network's interface. Give \
             the address a name in the hosts file, with the interface (fe80::1%eth0 NAME), and use the name.",
        ),
        TransportError::Connect(..) if failure.development_emulator => {
            vec![format!("Start the emulator: {}", Program::current().command("communication emulator start"))]
        }
        TransportError::Connect(..) => {
            one("Check that the service or the emulator is running, and that no firewall or proxy blocks the \
                connection.")
        }
        TransportError::Proxy(error) => proxy::hints(error),
        TransportError::Certificate(_, problem) => certificate::hints(problem),
        TransportError::Bundle(error) => certificate::of_bundle(error),
        TransportError::Closed(_)
        | TransportError::Io(..)
        | TransportError::CutOff(_)
        | TransportError::Timeout { .. }
        | TransportError::InterruptedWaiting { .. }
        | TransportError::Protocol(..)
            if failure.is_unknown() =>
        {
            vec![unknown_outcome(failure)]
        }
        TransportError::Closed(_)
        | TransportError::Io(..)
        | TransportError::CutOff(_)
        | TransportError::Timeout { .. }
        | TransportError::Unsent(..) => one("Nothing was changed. Try again; --debug shows the exchange."),
        TransportError::NotTls(_) => {
            one("The service accepts only TLS. Check that the host and port of the endpoint belong to it, not to \
                another server.")
        }
        TransportError::Tls(_, error) => one(tls::hint(error)),
        TransportError::Protocol(..) => one("Does the endpoint of the connection string really name an https service?"),
        TransportError::Redirect(fault) => redirect::hints(fault),
        TransportError::Request(_) | TransportError::Interrupted | TransportError::InterruptedWaiting { .. } => {
            Vec::new()
        }
    }
}

/// Returns a hint if a limit of the system stopped the request.
fn limit_of(error: &TransportError) -> Option<&'static str> {
    match error {
        TransportError::Connect(_, error) if limits::is_of_files(error) => limits::advice(error),
        TransportError::NameService(error) => error.of_the_system().and_then(limits::advice),
        TransportError::Bundle(_) => limits::of_files().and_then(|error| limits::advice(&error)),
        _ => None,
    }
}
