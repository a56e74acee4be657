//! The options that name the service and the credential.

use crate::knack::argument::{Argument, Content};

/// `--connection-string`.
pub const CONNECTION_STRING: Argument = Argument::new(
    &["--connection-string"],
    "Communication connection string. Environment variable: AZURE_COMMUNICATION_CONNECTION_STRING.",
)
.content(Content::ConnectionString)
.group("Communication");

/// `--endpoint`.
pub const ENDPOINT: Argument = Argument::new(
    &["--endpoint"],
    "Endpoint of the resource, for calls without a key. Environment variable: AZURE_COMMUNICATION_ENDPOINT.",
)
.group("Communication")
.extension();

/// `--auth-mode`.
pub const AUTH_MODE: Argument = Argument::new(
    &["--auth-mode"],
    "Whether to use the access key of the connection string, or your login: an application or a workload identity in \
         the environment, a managed identity, or `az login`. Environment variable: AZURE_COMMUNICATION_AUTH_MODE.",
)
.choices(&AUTH_MODES)
.group("Communication")
.extension();

/// The arguments of every command that talks to the service.
pub const CONNECT_OPTIONS: &[Argument] = &[CONNECTION_STRING, ENDPOINT, AUTH_MODE];

/// The values of `--auth-mode`.
pub(super) const AUTH_MODES: [&str; 2] = ["key", "login"];
