//! Machines for one test. The emulator is on the first one, clients are on the second one, and the third one has a
//! mapped port that leads to the first one. They end with the test.

use super::support::machines::Machine;
pub(super) use super::support::machines::{Reply, fetch};
use super::*;

/// The port of the emulator, and the mapped port of the third machine.
pub(super) const PORT: u16 = 10_100;
pub(super) const MAPPED: u16 = 18_443;

/// The names in `--hostname`: of the emulator's own machine, and of the machine with the mapped port.
pub(super) const NAME: &str = "acs-emulator";
pub(super) const MAPPED_NAME: &str = "acs-mapped";

pub(super) const SECRET: &str = "a-secret-of-the-control-endpoints";

const HOSTS: &str =
    "127.0.0.1 localhost\n10.77.0.1 acs-emulator\n10.77.1.1 acs-mapped host.docker.internal evil.example\n";

/// Three machines, and an emulator with its own key on the first one.
pub(super) struct Network {
    pub(super) home: Folder,
    pub(super) key: String,
    // This is dropped before the machines.
    _emulator: Emulator,
    relay: Child,
    first: Machine,
    second: Machine,
    _third: Machine,
}

impl Network {
    /// Makes the machines. Returns `None` and prints the name of the test if that is not possible.
    pub(super) fn new(test: &str, host: &str) -> Option<Self> {
        if let Some(reason) = support::machines::lacking() {
            eprintln!("skipped: {test}: {reason}");
            return None;
        }
        let home = Folder::new();
        let machine = || Machine::new(&home, HOSTS);
        let (first, second, third) = (machine(), machine(), machine());
        first.connect(&home, "direct", "10.77.0.1", &second, "10.77.0.2");
        third.connect(&home, "outside", "10.77.1.1", &second, "10.77.1.2");
        third.connect(&home, "inside", "10.77.2.1", &first, "10.77.2.2");
        let key = "b25lJ3Mgb3duIGtleSBvZiB0aGUgZW11bGF0b3IgaW4gdGhlIG5hbWVzcGFjZXM=".to_owned();
        let mut command = first.command(&home, AZ);
        command.args(["communication", "emulator", "start", "--in-memory", "--host", host, "--port"]);
        command.args([&PORT.to_string(), "--hostname", NAME, MAPPED_NAME, "--control-secret", SECRET]);
        let emulator = Emulator::from_command(command.args(["--access-key", &key]));
        let mut command = third.command(&home, "python3");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/mapped/relay.py"));
        command.args(["10.77.1.1", &MAPPED.to_string(), "10.77.2.2", &PORT.to_string()]);
        let relay = ready(&mut command).0;
        Some(Self { home, key, _emulator: emulator, relay, first, second, _third: third })
    }

    /// Returns a program on the emulator's own machine.
    pub(super) fn here(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        self.first.command(&self.home, program)
    }

    /// Returns a program on another machine.
    pub(super) fn elsewhere(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        self.second.command(&self.home, program)
    }

    /// Downloads the authority's certificate from another machine, without TLS. Returns the path of the file.
    pub(super) fn fetch_certificate(&self) -> String {
        let reply = fetch(self.elsewhere("curl").arg(format!("http://{NAME}:{PORT}/emulator/ca.pem")));
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.home.write("fetched.pem", reply.body).to_str().unwrap().to_owned()
    }

    /// Returns the URLs under which another machine reaches the emulator.
    pub(super) fn urls() -> [String; 4] {
        [
            format!("https://{NAME}:{PORT}"),
            format!("https://{MAPPED_NAME}:{MAPPED}"),
            format!("https://host.docker.internal:{MAPPED}"),
            format!("http://10.77.1.1:{MAPPED}"),
        ]
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.relay.kill();
        let _ = self.relay.wait();
    }
}
