//! Tests of the doctor: its findings at each step of a request, and their output.

mod credential;
mod steps;
mod table;

use std::process::Command;

use crate::support::replay::Server;
use crate::support::seen::{Seen, run};
use crate::support::tls::CERTIFICATE;
use crate::support::{Folder, az};
use serde_json::{Value, json};

/// Runs the doctor. Returns the states of the steps that were not skipped, with the findings, and with the advice if a
/// step failed.
fn report(command: &mut Command) -> Seen {
    let seen = run(command.args(["communication", "doctor"]));
    let mut text = String::new();
    for row in seen.json().as_array().unwrap().iter().filter(|row| row["state"] != "skipped") {
        let part = |name: &str| row[name].as_str().unwrap();
        text.push_str(&format!("{} {}\n", part("check"), part("state")));
        if part("state") != "ok" {
            text.push_str(&format!("{}\n{}\n", part("found"), part("advice")));
        }
    }
    Seen { stdout: text, ..seen }
}

/// Returns the doctor with a key, for that port.
fn doctor(home: &Folder, port: u16) -> Command {
    let mut command = az(home);
    let connection = format!("endpoint=https://localhost:{port}/;accesskey=d3Jvbmcga2V5");
    command
        .env("REQUESTS_CA_BUNDLE", home.write("cert.pem", CERTIFICATE))
        .env("AZURE_COMMUNICATION_CONNECTION_STRING", connection);
    command
}

/// Runs the doctor against a service with this response.
fn of_answer(status: u16, content_type: &str, body: Value) -> Seen {
    let answer = json!({"status": status, "headers": {"Content-Type": content_type}, "body": body});
    let server = Server::start(vec![answer]);
    report(&mut doctor(&Folder::new(), server.port))
}

fn of_error(status: u16, code: &str, message: &str) -> Seen {
    of_answer(status, "application/json", json!({"error": {"code": code, "message": message}}))
}
