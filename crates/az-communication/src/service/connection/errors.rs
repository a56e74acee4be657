//! The errors about a missing or malformed connection string.

use std::env;
use std::io::{self, IsTerminal as _};

use acs_identity_protocol::connection_string::{ConnectionStringError, EXPECTED_FORM};
use acs_identity_protocol::endpoint::host_and_path;

use super::is_url_host;
use crate::delegate;
use crate::knack::pasted;
use crate::report::error::{CliError, HintPolicy};
use crate::report::program::Program;
use crate::report::redact;
use crate::system::platform::Platform;
use crate::system::system_text;
use crate::transport::names;
use crate::transport::tls::trust::DEVELOPMENT_EMULATOR;

/// Returns the source of a value that was not given as an argument.
pub(crate) fn source(option: &str) -> String {
    let variable = format!("AZURE_COMMUNICATION_{}", option.to_ascii_uppercase());
    match env::var_os(&variable) {
        Some(_) => variable,
        None => format!("[communication] {option} of the config file"),
    }
}

/// Creates the error about a connection string that is still `@file`. Either the file of an argument cannot be read, or
/// the value comes from a variable, which is never read from a file.
pub(super) fn from_a_file(path: &str, given: bool) -> CliError {
    let reason = || std::fs::read(path).err().map_or_else(String::new, |error| format!(": {}", system_text(&error)));
    // The path may be the connection string itself.
    let name = redact::text(path);
    if !given {
        let source = source("connection_string");
        let read = match source.strip_prefix("AZURE_") {
            Some(_) => Platform::HERE.export_file(&source, "FILE"),
            None => "the text itself".to_owned(),
        };
        return CliError::new(format!("{source} is '@{name}', but only arguments are read from files."))
            .hint(format!("Give --connection-string @FILE, or {read}."));
    }
    let reason = reason();
    CliError::new(format!("The connection string cannot be read from the file '{name}'{reason}."))
        .hint("Give the path of the file after the @, or the connection string itself.")
}

/// Creates the error about a malformed connection string, with hints about characters that were copied accidentally.
/// For arguments, these hints are added where all errors are handled.
pub(super) fn malformed(error: &ConnectionStringError, text: &str, given: bool) -> CliError {
    let mut hints = if given { Vec::new() } else { pasted::hints(&source("connection_string"), text) };
    for (name, value) in text.split(';').filter_map(|part| part.split_once('=')) {
        if pasted::is_quoted(value) && !pasted::is_quoted(text) {
            hints.push(format!("The value of '{name}' is in quotes, which are part of the value. Remove them."));
        }
    }
    let scheme = text.trim().split_once("://").map_or("", |(scheme, _)| scheme);
    if (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
        && host_and_path(text.trim()).is_ok_and(|(host, _)| is_url_host(host))
    {
        hints.push(
            "This is an endpoint. To use it with a login instead of a key, give it as --endpoint or \
             AZURE_COMMUNICATION_ENDPOINT."
                .into(),
        );
    }
    hints.push(match is_of_emulator(text) {
        true => {
            let list = Program::current().command("communication emulator key list");
            format!("For the emulator of this machine, write {DEVELOPMENT_EMULATOR}, or a connection string that {list} shows.")
        }
        false => format!("Copy it from Settings > Keys of the resource in the Azure portal. Its form is {EXPECTED_FORM}"),
    });
    CliError { hints, ..CliError::new(redact::text(&error.to_string())) }
}

/// Returns whether a connection string is meant for the emulator of this machine.
fn is_of_emulator(text: &str) -> bool {
    let is_loopback = |url: &str| {
        let host = host_and_path(url.trim()).map_or("", |(host, _)| host);
        let name = host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or(host, |(name, _)| name);
        names::is_loopback(name)
    };
    text.split(';').any(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let is = |expected: &str| name.trim().eq_ignore_ascii_case(expected);
        is("UseDevelopmentEmulator") || is("endpoint") && is_loopback(value)
    })
}

pub(crate) fn nothing_given() -> CliError {
    // PATH is searched only if the hint is shown.
    let azure_cli = io::stderr().is_terminal() && delegate::find().is_some();
    let login = if azure_cli { "`az login` or an identity" } else { "an application, workload or managed identity" };
    // The first line is byte for byte the message of the reference.
    CliError::new("Please specify --connection-string, or set AZURE_COMMUNICATION_CONNECTION_STRING.")
        .hint("The Azure portal shows it under Settings > Keys of the Communication Services resource.")
        .hint(format!("Without a key: --endpoint URL, with {login} of the environment."))
        .hint(Program::current().text("To work offline: {communication emulator run} -- COMMAND", ""))
        .hint_policy(HintPolicy::Terminal)
}
