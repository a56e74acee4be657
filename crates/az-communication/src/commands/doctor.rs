//! `communication doctor`: checks step by step why commands fail.

use acs_identity_protocol::api_version::CLI_DEFAULT;
use pyjmespath::Value;

use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::service::answer::object;
use crate::service::calls::Service;
use crate::service::connection::{Auth, Connection};
use crate::service::doctor;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Check in order what a call needs: connection string, DNS, TCP, TLS and trust, clock, signature.\n\nThe \
        checks after a failed check are skipped. The exit code is 1 if a check failed.",
    arguments: &[],
    connects: true,
    confirms: false,
    examples: &[Example { name: "Check everything", command: "{} --output table" }],
    run,
};

struct Report {
    rows: Vec<Value>,
    failed: bool,
}

impl Report {
    /// Runs a check, unless an earlier check failed.
    fn check<T>(&mut self, name: &str, check: impl FnOnce() -> Result<(String, T), CliError>) -> Option<T> {
        let (state, found, advice, value) = if self.failed {
            ("skipped", String::new(), String::new(), None)
        } else {
            match check() {
                Ok((found, value)) => ("ok", found, String::new(), Some(value)),
                Err(error) => {
                    self.failed = true;
                    let lines: Vec<&str> = error.message.lines().map(str::trim).collect();
                    ("failed", lines.join(" "), sentences(&error.hints), None)
                }
            }
        };
        self.rows.push(object([
            ("check", name.into()),
            ("state", state.into()),
            ("found", found.into()),
            ("advice", advice.into()),
        ]));
        value
    }
}

/// Joins hints into one line, and adds the full stop that hints with a command at their end lack.
fn sentences(hints: &[String]) -> String {
    let mut line = String::new();
    for hint in hints {
        if !line.is_empty() {
            line.push_str(if line.ends_with(['.', '?', '!']) { " " } else { ". " });
        }
        line.push_str(hint);
    }
    line
}

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let mut report = Report { rows: Vec::new(), failed: false };
    let connection = report.check("connection", || {
        let connection = Connection::find(&invocation.arguments, invocation.config)?;
        let how = match connection.auth {
            Auth::Key(_) => "with an access key",
            Auth::Login => "with your login",
        };
        Ok((format!("{} {how}", connection.endpoint()), connection))
    });
    // The checks that use this are skipped if the connection is missing.
    let connection = connection.as_ref();
    let missing = || CliError::new("There is no connection.");
    let unit = |found: String| (found, ());
    report.check("dns", || doctor::check_name(connection.ok_or_else(missing)?).map(unit));
    report.check("tcp", || doctor::check_connection(connection.ok_or_else(missing)?).map(unit));
    let ahead = report.check("tls", || doctor::check_tls(connection.ok_or_else(missing)?));
    report.check("clock", || doctor::check_clock(ahead.flatten()).map(unit));
    let credential = match connection.map(|connection| &connection.auth) {
        Some(Auth::Login) => "login",
        _ => "signature",
    };
    report.check(credential, || {
        let connection = connection.cloned().ok_or_else(missing)?;
        let service = Service::connect_once(connection, CLI_DEFAULT, invocation.printer)?;
        doctor::check_credential(&service).map(unit)
    });
    let exit_code = if report.failed { ExitCode::Failure } else { ExitCode::Success };
    let outcome = Outcome::of(Value::Array(report.rows.into())).exit_code(exit_code);
    Ok(outcome.columns(&["check", "state", "found", "advice"]))
}
