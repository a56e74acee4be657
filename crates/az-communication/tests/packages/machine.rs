//! A Debian machine. Its folder is made by scripts/test.sh, and changes in it are dropped at the end. When booted, it
//! has systemd as process 1 and its own network with only loopback.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::support::Folder;

/// The folders of programs.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Only one machine can be booted at a time, because the name of its control group is fixed.
static BOOTED: Mutex<()> = Mutex::new(());

/// Returns the reason why such a machine cannot be made here.
pub fn lacking() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root mounts folders and boots a machine");
    }
    None
}

/// Ends the test and prints its name if it cannot run.
#[macro_export]
macro_rules! needs_a_debian {
    ($name:literal) => {
        if let Some(reason) = $crate::machine::lacking() {
            eprintln!("skipped: {}: {reason}", $name);
            return;
        }
    };
}

/// The folder of a Debian. Changes are stored in memory.
pub struct Debian {
    folder: Folder,
    root: PathBuf,
}

impl Debian {
    pub fn new() -> Self {
        let below = std::env::var("AZ_TEST_DEBIAN_ROOT").expect("AZ_TEST_DEBIAN_ROOT: run scripts/test.sh as root");
        let folder = Folder::new();
        let root = folder.path().join("root");
        fs::create_dir(&root).unwrap();
        let debian = Self { folder, root };
        let top = debian.folder.path();
        succeeds(Command::new("mount").args(["-t", "tmpfs", "-o", "mode=755", "tmpfs"]).arg(top));
        for name in ["upper", "work", "root"] {
            fs::create_dir(top.join(name)).unwrap();
        }
        let (upper, work) = (top.join("upper"), top.join("work"));
        let options = format!("lowerdir={below},upperdir={},workdir={}", upper.display(), work.display());
        succeeds(Command::new("mount").args(["-t", "overlay", "overlay", "-o", &options]).arg(&debian.root));
        debian
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Puts a package into /srv.
    pub fn put(&self, package: &Path, name: &str) {
        fs::copy(package, self.path("srv").join(name)).unwrap();
    }

    /// Runs a script in it, without a running systemd.
    pub fn chrooted(&self, script: &str) -> Output {
        let mut command = Command::new("chroot");
        command.arg(&self.root).args(["/bin/sh", "-ec", script]);
        clean(&mut command).output().unwrap()
    }

    /// Returns the differences between its files before and now.
    pub fn changes(&self, before: &[String]) -> Vec<String> {
        let now = self.files();
        let only = |these: &[String], others: &[String], sign: char| -> Vec<String> {
            let others: HashSet<&String> = others.iter().collect();
            these.iter().filter(|line| !others.contains(line)).map(|line| format!("{sign}{line}")).collect()
        };
        [only(before, &now, '-'), only(&now, before, '+')].concat()
    }

    /// Returns all its files, except those that dpkg and the boot write.
    pub fn files(&self) -> Vec<String> {
        let dpkg = ["var/lib/dpkg", "var/log", "var/cache", "var/lib/apt"];
        let start = [
            "proc",
            "sys",
            "dev",
            "run",
            "tmp",
            "var/tmp",
            "srv",
            "etc/machine-id",
            "etc/.pwd.lock",
            "var/lib/systemd/timers",
        ];
        let mut find = Command::new("find");
        find.current_dir(&self.root).args([".", "-mindepth", "1", "-printf", "%P %M %l\n"]);
        let text = String::from_utf8(succeeds(&mut find).stdout).unwrap();
        let left_out = |line: &&str| dpkg.iter().chain(&start).any(|path| line.starts_with(path));
        let mut lines: Vec<String> = text.lines().filter(|line| !left_out(line)).map(ToOwned::to_owned).collect();
        lines.sort();
        lines
    }
}

impl Drop for Debian {
    fn drop(&mut self) {
        for path in [&self.root, &self.folder.path().to_owned()] {
            let _ = Command::new("umount").args(["--lazy"]).arg(path).status();
        }
    }
}

/// A booted Debian.
pub struct Machine {
    nspawn: Child,
    /// The process id of its process 1.
    first: u32,
    debian: Debian,
    _alone: MutexGuard<'static, ()>,
}

impl Machine {
    pub fn boot() -> Self {
        let alone = BOOTED.lock().unwrap_or_else(PoisonError::into_inner);
        let debian = Debian::new();
        let log = fs::File::create(debian.folder.path().join("console")).unwrap();
        let mut command = Command::new("systemd-nspawn");
        command.arg("--boot").arg("--directory").arg(&debian.root);
        // The system's own systemd may be missing, so neither machined nor a scope is used.
        command.args(["--register=no", "--keep-unit", "--private-network", "--console=pipe", "--link-journal=no"]);
        command.arg(format!("--machine=az-communication-{}", std::process::id()));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let nspawn = command.spawn().unwrap_or_else(|error| match error.kind() {
            ErrorKind::NotFound => panic!("systemd-nspawn is missing: run scripts/test.sh as root"),
            _ => panic!("systemd-nspawn: {error}"),
        });
        let mut machine = Self { nspawn, first: 0, debian, _alone: alone };
        let end = Instant::now() + Duration::from_secs(60);
        while !machine.is_running() {
            if Instant::now() > end || machine.nspawn.try_wait().unwrap().is_some() {
                let console = fs::read_to_string(machine.debian.folder.path().join("console"));
                panic!("the machine has not booted: {console:?}");
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        machine
    }

    /// Checks whether systemd has finished the boot without a failed unit.
    fn is_running(&mut self) -> bool {
        let children = format!("/proc/{0}/task/{0}/children", self.nspawn.id());
        let children = fs::read_to_string(children).unwrap_or_default();
        self.first = children.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0);
        self.first != 0 && self.run("systemctl is-system-running --wait").stdout == b"running\n"
    }

    /// Runs a script in it as root.
    pub fn run(&self, script: &str) -> Output {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd", "--target"]);
        command.arg(self.first.to_string()).args(["timeout", "120", "/bin/bash", "-ec", script]);
        clean(&mut command).output().unwrap()
    }

    /// Returns the stdout of a script that must succeed.
    pub fn says(&self, script: &str) -> String {
        let output = self.run(script);
        assert!(output.status.success(), "{script}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Returns its folder.
    pub fn debian(&self) -> &Debian {
        &self.debian
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if self.first != 0 {
            let _ = self.run("systemctl --no-block poweroff");
            let end = Instant::now() + Duration::from_secs(20);
            while Instant::now() < end && matches!(self.nspawn.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        if matches!(self.nspawn.try_wait(), Ok(None)) {
            // If its process 1 ends, all others end.
            let _ = Command::new("kill").args(["-KILL", &self.first.to_string()]).status();
            let _ = self.nspawn.kill();
        }
        let _ = self.nspawn.wait();
    }
}

/// Removes the environment of the user who runs the tests.
fn clean(command: &mut Command) -> &mut Command {
    command.env_clear().env("PATH", PATH).env("HOME", "/root").env("LC_ALL", "C.UTF-8");
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null())
}

fn succeeds(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}
