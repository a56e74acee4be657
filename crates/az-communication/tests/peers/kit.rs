//! A page of docs/kits for a language without a package of ours: its code, its command lines, and the folder that they
//! run in.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::examples::{self, Block};
use crate::support::{AZ, Folder, other_program};

/// A folder with the code of a page and with the program on PATH.
pub struct Kit {
    pub folder: Folder,
    blocks: Vec<Block>,
}

impl Kit {
    /// Copies the files of the kit and those of the tests, and writes the files that the page shows.
    pub fn new(page: &str, copied: &[&str]) -> Self {
        let folder = Folder::new();
        for name in copied {
            let path = super::root().join(name);
            folder.write(path.file_name().unwrap().to_str().unwrap(), std::fs::read(&path).unwrap());
        }
        let text = std::fs::read_to_string(super::root().join(page)).unwrap();
        for (name, code) in files(&text) {
            folder.write(name, code);
        }
        folder.write("bin/.keep", "");
        folder.write("tmp/.keep", "");
        std::os::unix::fs::symlink(AZ, folder.path().join("bin/az-communication")).unwrap();
        Self { folder, blocks: examples::blocks(&text) }
    }

    /// Returns a command in the folder. The variable of the JVM and other settings of the developer are not there.
    pub fn command(&self, program: &str) -> Command {
        let mut command = other_program(program, &self.folder);
        let path = format!("{}:/usr/bin:/bin", self.folder.path().join("bin").display());
        command.env("PATH", path).env("TMPDIR", self.temporary());
        command
    }

    /// The folder in which emulators in memory have their files.
    fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// Runs the command lines of the page that the tests of the docs leave to the test with this name.
    pub fn run_page(&self, test: &str) {
        let is_ours = |block: &&Block| block.not_run.as_deref().is_some_and(|reason| reason.contains(test));
        let mut shell = self.command("timeout");
        shell.args(["--kill-after=5", "120", "bash"]).env("AZURE_COMMUNICATION_EMULATOR_PORT", "0");
        let blocks: Vec<Block> = self.blocks.iter().filter(is_ours).cloned().collect();
        assert!(!blocks.is_empty(), "no block names {test}");
        let failures = examples::run(&mut shell, &blocks, self.folder.path());
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    /// Starts a test process and reads its lines until it says that it is ready. Then kills it, and checks that its
    /// emulator is gone within 5 s, with its files. Returns the lines.
    pub fn kill_when_ready(&self, command: &mut Command) -> String {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let said: Vec<String> = lines.take_while(|line| line != "ready").collect();
        let had_files = self.has_emulator();
        let emulators = children(process.id());
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(had_files && !emulators.is_empty(), "the process had no emulator: {said:?}");
        let end = Instant::now() + Duration::from_secs(5);
        while self.has_emulator() || emulators.iter().any(|pid| parent(*pid).is_some()) {
            if Instant::now() > end {
                let pids = emulators.iter().map(u32::to_string);
                let _ = Command::new("kill").arg("-KILL").args(pids).status();
                panic!("there is an emulator after 5 s: {emulators:?}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        said.join("\n")
    }

    /// Returns whether an emulator has its files in the folder.
    pub fn has_emulator(&self) -> bool {
        let mut entries = std::fs::read_dir(self.temporary()).unwrap();
        entries.any(|entry| entry.unwrap().file_name().to_string_lossy().contains("emulator"))
    }
}

/// Returns the parent of a process, unless it has ended. Until its parent has noticed the end, it is a zombie.
fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    if fields.next() == Some("Z") { None } else { fields.next()?.parse().ok() }
}

fn children(of: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap();
    let pids = processes.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent(*pid) == Some(of)).collect()
}

/// Returns the files of a page with their names, which a comment before the block gives.
fn files(page: &str) -> Vec<(&str, &str)> {
    let parts = page.split("<!-- file: ").skip(1);
    let file = |part| {
        let (name, rest) = str::split_once(part, " -->\n```").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        (name, rest.split("```").next().unwrap())
    };
    parts.map(file).collect()
}
