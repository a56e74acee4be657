//! Tests of logins without a key: which credential is used, when the search ends, and the messages.

mod azure_cli;
mod certificates;
mod endpoint;
mod search;

use std::process::Command;

use crate::support::replay::Server;
use crate::support::seen::{Seen, run};
use crate::support::tls::CERTIFICATE;
use crate::support::{Folder, az};
use serde_json::{Value, json};

const SECRET: &str = "wrong~Secret+1";

/// The output of the command if the login succeeds.
const CREATED: &str = "exit 0\n--- stdout\n8:acs:a_b\n";

/// A script that prints a token like the Azure CLI.
const GIVES_A_TOKEN: &str = r#"echo '{"accessToken": "other", "expires_on": 4102444800, "tokenType": "Bearer"}'"#;

/// Entra, the service, and a machine without a login.
struct World {
    home: Folder,
    entra: Server,
    service: Server,
}

/// Returns a response with JSON.
fn response(status: u16, body: Value) -> Value {
    json!({"status": status, "headers": {"Content-Type": "application/json"}, "body": body})
}

fn granted(token: &str, expires_in: Value) -> Value {
    response(200, json!({"token_type": "Bearer", "expires_in": expires_in, "access_token": token}))
}

fn refused(description: &str) -> Value {
    response(401, json!({"error": "invalid_client", "error_description": description, "error_codes": [7000215]}))
}

impl World {
    fn new(entra: Vec<Value>) -> Self {
        let home = Folder::new();
        home.write("cert.pem", CERTIFICATE);
        let created = response(201, json!({"identity": {"id": "8:acs:a_b"}}));
        Self { home, entra: Server::start(entra), service: Server::start(vec![created]) }
    }

    /// Returns `user create` for the service, without a credential.
    fn command(&self) -> Command {
        let mut command = az(&self.home);
        command
            .args("communication user-identity user create --query rawId -o tsv".split(' '))
            .env("REQUESTS_CA_BUNDLE", self.home.path().join("cert.pem"))
            .env("AZURE_COMMUNICATION_ENDPOINT", format!("https://localhost:{}", self.service.port))
            .env("AZURE_AUTHORITY_HOST", format!("https://localhost:{}", self.entra.port))
            .env("IDENTITY_ENDPOINT", "");
        command
    }

    /// Returns the same command with an application in the environment.
    fn application(&self) -> Command {
        let mut command = self.command();
        command
            .env("AZURE_TENANT_ID", "contoso.example")
            .env("AZURE_CLIENT_ID", "app")
            .env("AZURE_CLIENT_SECRET", SECRET);
        command
    }

    /// Puts a real `az` on PATH that records its arguments.
    fn azure_cli(&self, command: &mut Command, script: &str) {
        let asked = self.home.path().join("asked");
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n{script}\n", asked.display());
        let program = self.home.program("real/az", text);
        command.env("PATH", format!("/usr/bin:/bin:{}", program.parent().unwrap().display()));
    }

    /// Returns the arguments with which the real `az` was called.
    fn asked(&self) -> Option<String> {
        std::fs::read_to_string(self.home.path().join("asked")).ok()
    }

    /// Runs a command. Names replace the values that differ from run to run.
    fn shown(&self, command: &mut Command) -> Seen {
        run(command).hiding_home(&self.home).hiding(self.entra.port, "ENTRA").hiding(self.service.port, "SERVICE")
    }

    /// Runs a command whose credential fails although the Azure CLI would return a token. Checks that neither the Azure
    /// CLI nor the service is asked.
    fn fails(&self, command: &mut Command) -> Seen {
        self.azure_cli(command, GIVES_A_TOKEN);
        let seen = self.shown(command);
        assert_eq!((self.asked(), self.service.requests()), (None, vec![]), "{seen}");
        seen
    }
}
