//! Helpers that the end-to-end tests share.
#![allow(dead_code, missing_docs)]

#[cfg(target_os = "linux")]
pub mod balancer;
pub mod browser;
pub mod canned;
pub mod collector;
#[cfg(target_os = "linux")]
pub mod dns;
pub mod emulator;
pub mod listed;
#[cfg(target_os = "linux")]
pub mod machines;
#[cfg(unix)]
pub mod odd;
#[cfg(target_os = "linux")]
pub mod postgres;
#[cfg(target_os = "linux")]
pub mod programs;
pub mod python;
pub mod replay;
#[cfg(target_os = "linux")]
pub mod replicas;
#[cfg(target_os = "linux")]
pub mod root;
pub mod schemathesis;
pub mod seen;
#[cfg(unix)]
pub mod shell;
#[cfg(unix)]
pub mod terminal;
pub mod tls;
pub mod whole_state;
pub mod world;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The program under test.
pub const AZ: &str = env!("CARGO_BIN_EXE_az");

/// The signals that ask a command to end, as `kill` names them. Only Ctrl-C exists on every system.
pub const ENDING: &[&str] = if cfg!(portable_system) { &["-INT"] } else { &["-INT", "-TERM"] };

/// Prints a line also if the test passes. The test program shows what `println!` prints only for tests that fail.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// An empty folder, which is removed on drop.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a program. A shell writes the file: if this process wrote it, a program that another thread starts could
    /// inherit the open file, and the file would be busy.
    pub fn program(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "cat > \"$0\" && chmod 755 \"$0\""]).arg(&path).stdin(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_ref()).unwrap();
        assert!(child.wait().unwrap().success());
        path
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// Copies a program that a test runs. Another process writes the file, as in [`Folder::program`].
pub fn copy_program(program: &Path, to: &Path) {
    let status = Command::new("cp").args([program, to]).status().unwrap();
    assert!(status.success(), "cp {} {}: {status}", program.display(), to.display());
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Returns the program with its own HOME and configuration, without another `az` and without the developer's
/// environment.
pub fn az(home: &Folder) -> Command {
    let mut command = Command::new(AZ);
    command
        .env_clear()
        .env("HOME", home.path())
        .env("AZURE_CONFIG_DIR", home.path().join(".azure"))
        .env("PATH", "/usr/bin:/bin")
        .env("TMPDIR", home.path())
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm-256color")
        .current_dir(home.path());
    command
}

/// Returns another program with the environment and the working folder of [`az`].
pub fn other_program(program: &str, home: &Folder) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(az(home).get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(home.path());
    command
}

/// Returns a port on which no server listens. It is below the ports that Linux chooses by itself, so that no other
/// program gets it before it is used.
pub fn unused_port() -> u16 {
    use std::net::{Ipv4Addr, TcpListener};
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(20_000 + number % 12_000).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
