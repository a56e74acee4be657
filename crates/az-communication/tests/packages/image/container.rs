//! A container: process 1 in its own namespaces, with the image's configuration. Root makes them.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::archive::Docker;
use crate::dist::repository;
use crate::support::Folder;
use crate::support::machines::Machine;

/// The host names of the emulator's machine and of the machine with the mapped port.
pub const NAME: &str = "acs-emulator";
pub const MAPPED_NAME: &str = "acs-mapped";

pub const HOSTS: &str = "127.0.0.1 localhost\n10.79.0.1 acs-emulator\n10.79.1.1 acs-mapped\n";

/// The choices of the user of the image.
pub struct Image {
    pub home: Folder,
    pub root: PathBuf,
    pub config: Value,
    /// The user and the group. By default, they come from the configuration.
    pub user: (u32, u32),
    pub groups: Vec<u32>,
    /// Whether `/tmp` can be written.
    pub has_tmp: bool,
    pub is_read_only: bool,
    pub variables: Vec<(&'static str, &'static str)>,
}

impl Image {
    pub fn new() -> Self {
        let home = Folder::new();
        let docker = Docker::new();
        let config = docker.config();
        let user: Vec<u32> =
            config["config"]["User"].as_str().unwrap().split(':').map(|id| id.parse().unwrap()).collect();
        let image = Self {
            root: docker.root(&home),
            home,
            config: config["config"].clone(),
            user: (user[0], user[1]),
            groups: Vec::new(),
            has_tmp: false,
            is_read_only: true,
            variables: Vec::new(),
        };
        image.volume((0, 0), 0o1777);
        image
    }

    /// Makes an empty volume with that owner and mode in place of the previous one.
    pub fn volume(&self, (user, group): (u32, u32), mode: u32) -> PathBuf {
        let folder = self.home.path().join("volume");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        chown(&folder, Some(user), Some(group)).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        folder
    }

    fn words(&self, member: &str) -> Vec<String> {
        self.config[member].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    }

    /// Returns the variables of the image and of its user.
    fn environment(&self) -> Vec<String> {
        let own = self.variables.iter().map(|(name, value)| format!("AZURE_COMMUNICATION_EMULATOR_{name}={value}"));
        self.words("Env").into_iter().chain(own).collect()
    }

    /// Makes a machine for the container.
    pub fn machine(&self) -> Machine {
        Machine::new(&self.home, HOSTS)
    }

    /// Starts the container, and waits until its health check succeeds.
    pub fn start(&self, machine: &Machine) -> Container<'_> {
        let volumes: Vec<String> = self.config["Volumes"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(volumes.len(), 1, "{volumes:?}");
        let words = [self.words("Entrypoint"), self.words("Cmd")].concat();
        let container = json!({
            "root": self.root,
            "volumes": [[self.home.path().join("volume"), volumes[0]]],
            "hosts": self.home.path().join("hosts"),
            "hostname": "0123456789ab",
            "tmp": self.has_tmp,
            "readOnly": self.is_read_only,
            "uid": self.user.0,
            "gid": self.user.1,
            "groups": self.groups,
            "env": self.environment(),
            "words": words,
        });
        let mut command = machine.command(&self.home, "setpriv");
        command.args(["--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--mount", "--uts", "--ipc", "python3"]);
        command.arg(repository().join("tests/peers/image/run.py")).arg(container.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut container = Container { image: self, process: 0, child, stdout };
        container.become_healthy();
        container
    }
}

pub struct Container<'a> {
    image: &'a Image,
    /// The process id of process 1 outside of the container.
    pub process: u32,
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Container<'_> {
    /// Runs the health check as a runtime does, but more often.
    fn become_healthy(&mut self) {
        let check = &self.image.config["Healthcheck"];
        let begun = Instant::now();
        let period = Duration::from_nanos(check["StartPeriod"].as_u64().unwrap());
        loop {
            if self.child.try_wait().unwrap().is_some() {
                panic!("the container has ended: {}", self.said());
            }
            if self.process == 0 {
                let children = format!("/proc/{0}/task/{0}/children", self.child.id());
                let children = fs::read_to_string(children).unwrap_or_default();
                self.process = children.split(' ').next().unwrap().parse().unwrap_or(0);
            }
            if self.is_the_program() {
                let output = self.check();
                if output.status.success() {
                    return;
                }
                assert!(begun.elapsed() < period, "it is not healthy: {output:?}");
            }
            assert!(begun.elapsed() < period, "there is no process 1");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Checks whether process 1 is the image's program, and no longer the script that prepares it.
    fn is_the_program(&self) -> bool {
        let words = fs::read(format!("/proc/{}/cmdline", self.process)).unwrap_or_default();
        words.starts_with(self.image.words("Entrypoint")[0].as_bytes())
    }

    /// Runs the health check once. It is in exec form, because there is no shell.
    pub fn check(&self) -> Output {
        let test: Vec<&str> = self.image.config["Healthcheck"]["Test"]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap())
            .collect();
        assert_eq!(test[0], "CMD");
        let (user, group) = self.image.user;
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.process.to_string(), "--pid", "--mount", "--net", "--uts", "--ipc", "--root"]);
        command.args(["--wd=/", "--setuid", &user.to_string(), "--setgid", &group.to_string()]).args(&test[1..]);
        let environment = self.image.environment();
        command.env_clear().envs(environment.iter().map(|pair| pair.split_once('=').unwrap()));
        command.output().unwrap()
    }

    /// Returns a line of the kernel's status of process 1.
    pub fn status(&self, name: &str) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process)).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))).unwrap();
        line.trim().replace('\t', " ")
    }

    /// Returns the line that it printed when it was ready.
    pub fn ready_line(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Asks it to end as a runtime does. Returns how long that took, the exit code, and stderr.
    pub fn stop(mut self) -> (Duration, Option<i32>, String) {
        let signal = self.image.config["StopSignal"].as_str().unwrap().strip_prefix("SIG").unwrap().to_owned();
        let begun = Instant::now();
        let status = Command::new("kill").args([&format!("-{signal}"), &self.process.to_string()]).status().unwrap();
        assert!(status.success());
        let code = self.child.wait().unwrap().code();
        (begun.elapsed(), code, self.said())
    }

    fn said(&mut self) -> String {
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // If process 1 ends, all other processes of the container end, and so does `unshare`.
        let last = if self.process == 0 { self.child.id() } else { self.process };
        let _ = Command::new("kill").args(["-KILL", &last.to_string()]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// Returns everything below a folder with its kind, mode, owner, size and time of change.
pub fn listing(folder: &Path) -> String {
    let mut find = Command::new("find");
    find.arg(folder).args(["-not", "-path", "*/proc/*", "-printf", "%P %M %U:%G %s %T@\n"]);
    crate::dist::stdout(&mut find)
}
