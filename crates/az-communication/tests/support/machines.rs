//! Machines for one test: network and mount namespaces, each with addresses and a hosts file. They end with the test.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{Folder, other_program};

/// Returns the reason why such machines cannot be made here.
pub fn lacking() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root makes network namespaces that reach each other".into());
    }
    let output = Command::new("unshare").args(["--net", "--mount", "--pid", "--fork", "true"]).output().unwrap();
    (!output.status.success()).then(|| format!("no namespaces here: {}", String::from_utf8_lossy(&output.stderr)))
}

/// A process that keeps the namespaces of a machine.
pub struct Machine(Child);

impl Machine {
    pub fn new(home: &Folder, hosts: &str) -> Self {
        let script = "ip link set lo up && mount --bind \"$0\" /etc/hosts && echo ready && exec sleep 600";
        let mut command = other_program("setpriv", home);
        command.env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin");
        command.args(["--pdeathsig", "KILL", "unshare", "--net", "--mount", "sh", "-c", script]);
        let mut child = command.arg(home.write("hosts", hosts)).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self(child)
    }

    /// Returns the id of a process in its namespaces.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Returns a program on the machine.
    pub fn command(&self, home: &Folder, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = other_program("nsenter", home);
        command.env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin");
        command.args(["--target", &self.0.id().to_string(), "--net", "--mount"]);
        command.arg(format!("--wdns={}", home.path().display())).arg(program);
        command
    }

    /// Connects the machine to another one.
    pub fn connect(&self, home: &Folder, link: &str, address: &str, other: &Self, other_address: &str) {
        let id = other.0.id();
        let ours = format!(
            "ip link add {link} type veth peer name {link} netns {id} && ip addr add {address}/24 dev {link} && \
             ip link set {link} up"
        );
        let theirs = format!("ip addr add {other_address}/24 dev {link} && ip link set {link} up");
        for (machine, script) in [(self, ours), (other, theirs)] {
            let output = machine.command(home, "sh").args(["-c", &script]).output().unwrap();
            assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The output of curl.
pub struct Reply {
    pub status: u16,
    /// The head in lower case.
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Runs curl with its current words.
pub fn fetch(curl: &mut Command) -> Reply {
    let output = curl.args(["-sS", "-i", "--noproxy", "*", "--max-time", "20"]).output().unwrap();
    assert!(output.status.success(), "{curl:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}
