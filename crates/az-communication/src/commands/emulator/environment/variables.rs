//! The environment of the command of `emulator run`. Each variable is extended from the value that was in effect for
//! the programs that read it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::Command;

use acs_identity_emulator::Access;
use acs_identity_emulator::trust::TemporaryFolder;

use crate::commands::emulator::environment::{certificates, search_path};
use crate::commands::emulator::options::declared::{
    ENDPOINT, STATUS_DATA_DIR, STATUS_HOST, STATUS_IN_MEMORY, STATUS_PID_FILE, STATUS_PORT, STATUS_READY_FILE,
};
use crate::knack::argument::{Argument, Variable};

/// For this tenant, Microsoft's authentication libraries do not ask login.microsoftonline.com whether the authority
/// belongs to Microsoft. That request would fail offline, and for the emulator's authority.
const TENANT: &str = "adfs";

/// The variable with the URL that gives tokens to web pages in development.
const TOKEN_ENDPOINT: &str = "AZURE_COMMUNICATION_TOKEN_ENDPOINT";

/// The client id of the command as an application.
const CLIENT: &str = "00000000-0000-0000-0000-000000000002";

/// The source of the command's Entra tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// The emulator.
    Emulator,
    /// The source that the command's own variables name.
    Own,
}

/// Adds the variables that a client of the emulator needs, and the variables about certificates.
pub(crate) fn of_child(
    command: &mut Command,
    emulator: &Access,
    trusted: certificates::Variables,
    credentials: Credentials,
    run: &TemporaryFolder,
) {
    command
        .env("AZURE_COMMUNICATION_CONNECTION_STRING", emulator.connection_string())
        .env("AZURE_COMMUNICATION_ENDPOINT", emulator.endpoint())
        .envs(trusted)
        .envs(no_proxy(env::var_os("NO_PROXY"), env::var_os("no_proxy"), emulator.host()));
    // An emulator that the command starts needs a port and a folder of its own.
    let own = crate::commands::emulator::run::SPEC
        .arguments
        .iter()
        .filter(|argument| argument.variable == Variable::EmulatorRun);
    // Commands inside find this emulator by the connection string, and not another one that the user's variables name.
    let others = [
        &ENDPOINT,
        &STATUS_PORT,
        &STATUS_HOST,
        &STATUS_DATA_DIR,
        &STATUS_READY_FILE,
        &STATUS_PID_FILE,
        &STATUS_IN_MEMORY,
    ];
    for name in own.chain(others).filter_map(Argument::variable_name) {
        command.env_remove(name);
    }
    match emulator.token_endpoint() {
        Some(url) => command.env(TOKEN_ENDPOINT, url),
        // A value of the user belongs to another emulator.
        None => command.env_remove(TOKEN_ENDPOINT),
    };
    if credentials == Credentials::Emulator {
        let (endpoint, header, secret) = (emulator.endpoint(), emulator.identity_header(), emulator.client_secret());
        command.envs(keyless(&Identity { endpoint, header, secret, is_local: true }));
    }
    if let Some(path) = search_path::with_program(run.path()) {
        command.env("PATH", path);
    }
}

/// The endpoint of an emulator, and the secrets for clients without an access key.
pub(crate) struct Identity<'a> {
    pub(crate) endpoint: &'a str,
    /// The header of managed identities.
    pub(crate) header: &'a str,
    /// The client secret of applications.
    pub(crate) secret: &'a str,
    /// Whether its port answers plain HTTP, too, and gives tokens to every program of the machine. A proxy does not.
    pub(crate) is_local: bool,
}

/// Returns the variables that clients without an access key use: managed identity, client secret and authority.
pub(crate) fn keyless(identity: &Identity<'_>) -> Vec<(&'static str, String)> {
    let endpoint = identity.endpoint;
    let plain = if identity.is_local { endpoint.replacen("https", "http", 1) } else { endpoint.to_owned() };
    let mut variables = vec![
        ("IDENTITY_ENDPOINT", format!("{plain}/msi/token")),
        ("IDENTITY_HEADER", identity.header.to_owned()),
        ("AZURE_AUTHORITY_HOST", endpoint.to_owned()),
        ("AZURE_TENANT_ID", TENANT.to_owned()),
        ("AZURE_CLIENT_ID", CLIENT.to_owned()),
        ("AZURE_CLIENT_SECRET", identity.secret.to_owned()),
    ];
    if identity.is_local {
        variables.insert(2, ("AZURE_POD_IDENTITY_AUTHORITY_HOST", plain));
    }
    variables
}

/// Excludes the emulator from proxies, because a proxy cannot reach it. The variable has two spellings, and programs
/// prefer the lower-case one. So if one spelling is not set, the value of the other one is used.
pub(crate) fn no_proxy(upper: Option<OsString>, lower: Option<OsString>, host: &str) -> [(&'static str, OsString); 2] {
    let extend = |list: Option<&OsString>| {
        let mut list = list.cloned().unwrap_or_default();
        let text = list.to_string_lossy().into_owned();
        // An asterisk means all hosts only if it is the whole value.
        if text.trim() == "*" {
            return list;
        }
        let has = |name: &str| text.split([',', ' ']).any(|entry| entry.trim().eq_ignore_ascii_case(name));
        let mut own = vec!["localhost", "127.0.0.1", "::1"];
        if !own.contains(&host) {
            own.push(host);
        }
        for name in own.into_iter().filter(|name| !has(name)) {
            if !list.is_empty() {
                list.push(OsStr::new(","));
            }
            list.push(name);
        }
        list
    };
    [("NO_PROXY", extend(upper.as_ref().or(lower.as_ref()))), ("no_proxy", extend(lower.as_ref().or(upper.as_ref())))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_of_no_proxy_is_extended_from_what_was_in_force() {
        const OWN: &str = "localhost,127.0.0.1,::1";
        let corp = format!("corp.example,10.0.0.0/8,{OWN}");
        for (upper, lower, expected_upper, expected_lower) in [
            (None, None, OWN, OWN),
            (Some("corp.example,10.0.0.0/8"), None, &corp, &corp),
            (None, Some("corp.example,10.0.0.0/8"), &corp, &corp),
            (Some("a"), Some("b"), "a,localhost,127.0.0.1,::1", "b,localhost,127.0.0.1,::1"),
            (Some("a"), Some(""), "a,localhost,127.0.0.1,::1", OWN),
            (Some("*"), None, "*", "*"),
            (Some("*"), Some("b"), "*", "b,localhost,127.0.0.1,::1"),
            (Some("LOCALHOST, ::1"), None, "LOCALHOST, ::1,127.0.0.1", "LOCALHOST, ::1,127.0.0.1"),
        ] {
            let variables = no_proxy(upper.map(Into::into), lower.map(Into::into), "localhost");
            assert_eq!(variables, [("NO_PROXY", expected_upper.into()), ("no_proxy", expected_lower.into())]);
        }
        let [(_, upper), _] = no_proxy(None, None, "127.0.0.2");
        assert_eq!(upper, "localhost,127.0.0.1,::1,127.0.0.2");
    }
}
