//! Tests of the command line from outside, in addition to the golden cases.
#![cfg(unix)]

mod arguments;
mod commands;
mod configuration;
mod connection;
mod endpoints;
#[cfg(not(portable_system))]
mod files;
mod formats;
mod help;
#[cfg(not(portable_system))]
mod log_file;
mod messages;
mod requests;
mod secrets;
#[cfg(not(portable_system))]
mod stdout;
#[path = "../support/mod.rs"]
mod support;
mod terminal;
mod values;
mod verbose;

use std::process::Command;

use serde_json::{Value, json};
use support::replay::{Request, Server};
use support::seen::{Seen, run};
use support::tls::CERTIFICATE;
use support::{Folder, az};

const ACCESS_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A service with one response, and the command line for it.
struct Service {
    home: Folder,
    server: Server,
}

impl Service {
    fn answering(answer: Value) -> Self {
        let home = Folder::new();
        home.write("cert.pem", CERTIFICATE);
        Self { home, server: Server::start(vec![answer]) }
    }

    /// Starts a service that issues tokens.
    fn issuing() -> Self {
        let expires = "2026-11-24T02:26:58.1234567+00:00";
        Self::answering(json!({"status": 200, "body": {
            "token": "t", "expiresOn": expires,
            "identity": {"id": "8:acs:a_b"}, "accessToken": {"token": "t", "expiresOn": expires},
        }}))
    }

    /// Starts a service that refuses a request.
    fn refusing(code: &str, message: &str) -> Self {
        Self::answering(json!({
            "status": 400,
            "headers": {"Content-Type": "application/json"},
            "body": {"error": {"code": code, "message": message}},
        }))
    }

    fn connection_string(&self, path: &str) -> String {
        format!("endpoint=https://localhost:{}{path};accesskey={ACCESS_KEY}", self.server.port)
    }

    /// Returns the program with this service in its environment.
    fn az(&self) -> Command {
        let mut command = az(&self.home);
        command
            .env("REQUESTS_CA_BUNDLE", self.home.path().join("cert.pem"))
            .env("AZURE_COMMUNICATION_CONNECTION_STRING", self.connection_string("/"));
        command
    }

    /// Runs a command. `HOME` and `PORT` replace the values that differ from run to run.
    fn shown(&self, command: &mut Command) -> Seen {
        run(command).hiding_home(&self.home).hiding(self.server.port, "PORT")
    }

    /// Runs a command line below `communication user-identity`.
    fn shows(&self, line: &str) -> Seen {
        self.shown(self.az().args(["communication", "user-identity"]).args(line.split(' ')))
    }

    fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }
}

/// Returns a command line below `communication`, without a service, and without the examples after a usage error.
fn line(home: &Folder, line: &str) -> Command {
    let mut command = az(home);
    command.arg("communication").args(line.split_whitespace()).env("AZURE_CORE_ERROR_RECOMMENDATION", "off");
    command
}

/// Runs such a command line.
fn shows(text: &str) -> Seen {
    let home = Folder::new();
    run(&mut line(&home, text)).hiding_home(&home)
}
