//! The program that runs as an emulator.

#[path = "../../../acs-identity-emulator/tests/support/client.rs"]
mod client;
#[path = "../../../acs-identity-emulator/tests/support/exchanges.rs"]
pub mod exchanges;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

#[allow(unused_imports, reason = "few tests name an answer")]
pub use self::client::{Answer, Client};
use super::{Folder, az};

/// A running `az communication emulator start`.
pub struct Emulator {
    pub child: Child,
    pub ready: Value,
    pub stdout: BufReader<ChildStdout>,
}

impl Emulator {
    /// Starts an emulator in memory on a free port.
    pub fn in_memory(home: &Folder) -> Self {
        Self::start(home, &["--in-memory"])
    }

    pub fn start(home: &Folder, options: &[&str]) -> Self {
        Self::from_command(az(home).args(["communication", "emulator", "start", "--port", "0"]).args(options))
    }

    pub fn from_command(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut stderr = String::new();
            child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            panic!("the emulator did not start: {stderr}");
        }
        Self { child, ready: serde_json::from_str(&line).unwrap(), stdout }
    }

    pub fn connection_string(&self) -> String {
        self.ready["connectionString"].as_str().unwrap().to_owned()
    }

    pub fn ca_certificate(&self) -> String {
        self.ready["caCertificate"].as_str().unwrap().to_owned()
    }

    pub fn port(&self) -> u16 {
        // With --public-url, the endpoint has another port.
        let url = self.ready["controlEndpoint"].as_str().unwrap();
        url.trim_end_matches("/emulator/").rsplit(':').next().unwrap().parse().unwrap()
    }

    pub fn client(&self) -> Client {
        Client::new(self.port())
    }

    /// Returns the CLI for this emulator.
    pub fn az(&self, home: &Folder) -> Command {
        let mut command = az(home);
        command
            .env("AZURE_COMMUNICATION_CONNECTION_STRING", self.connection_string())
            .env("REQUESTS_CA_BUNDLE", self.ca_certificate());
        command
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
