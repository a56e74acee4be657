//! Three machines: for the container, for clients, and for a mapped port that leads to the container.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::container::{HOSTS, Image, MAPPED_NAME, NAME};
use crate::dist::repository;
use crate::support::machines::{Machine, fetch};

/// The port of the image, and the mapped port.
const PORT: u16 = 10_100;
const MAPPED: u16 = 18_443;

pub struct Network<'a> {
    image: &'a Image,
    relay: Child,
    pub emulator: Machine,
    clients: Machine,
    _host: Machine,
}

impl<'a> Network<'a> {
    pub fn new(image: &'a Image) -> Self {
        let machine = || Machine::new(&image.home, HOSTS);
        let (emulator, clients, host) = (machine(), machine(), machine());
        emulator.connect(&image.home, "direct", "10.79.0.1", &clients, "10.79.0.2");
        host.connect(&image.home, "outside", "10.79.1.1", &clients, "10.79.1.2");
        host.connect(&image.home, "inside", "10.79.2.1", &emulator, "10.79.2.2");
        let mut relay = host.command(&image.home, "python3");
        relay.arg(repository().join("tests/peers/mapped/relay.py"));
        relay.args(["10.79.1.1", &MAPPED.to_string(), "10.79.2.2", &PORT.to_string()]);
        let mut relay = relay.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(relay.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self { image, relay, emulator, clients, _host: host }
    }

    /// Returns the URLs under which another machine reaches the container.
    pub fn urls() -> [String; 2] {
        [format!("https://{NAME}:{PORT}"), format!("https://{MAPPED_NAME}:{MAPPED}")]
    }

    /// Returns a program on the machine with the clients.
    pub fn client(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        self.clients.command(&self.image.home, program)
    }

    /// Downloads the authority's certificate without TLS. Returns the path of the file.
    pub fn fetch_certificate(&self) -> String {
        let reply = fetch(self.client("curl").arg(format!("http://{NAME}:{PORT}/emulator/ca.pem")));
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.image.home.write("fetched.pem", reply.body).to_str().unwrap().to_owned()
    }

    /// Creates an identity. Returns its raw id.
    pub fn create(&self, base: &str, certificate: &str) -> String {
        self.says(base, certificate, &["user", "create", "--query", "rawId"])
    }

    /// Issues an access token for an identity.
    pub fn issue(&self, base: &str, certificate: &str, user: &str) -> String {
        self.says(base, certificate, &["token", "issue", "--scope", "chat", "--user", user, "--query", "token"])
    }

    /// Runs the image's own program on another machine with the well-known key.
    fn says(&self, base: &str, certificate: &str, words: &[&str]) -> String {
        let key = acs_identity_protocol::connection_string::DEVELOPMENT_ACCESS_KEY;
        let mut program = self.client(self.image.root.join("usr/bin/az-communication"));
        program.env("REQUESTS_CA_BUNDLE", certificate).args(words);
        program.args(["-o", "tsv", "--connection-string", &format!("endpoint={base}/;accesskey={key}")]);
        let output = program.output().unwrap();
        assert!(output.status.success(), "{base}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }
}

impl Drop for Network<'_> {
    fn drop(&mut self) {
        let _ = self.relay.kill();
        let _ = self.relay.wait();
    }
}
