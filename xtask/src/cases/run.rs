//! Runs a program on a case, in separate folders and against a server that replays the responses.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Case;
pub use super::canned::Request;
use super::server::{CERTIFICATE, Server};
use super::streams::Streams;
use crate::error::{At as _, Error};

/// How long a program may be open for writing before it is run.
const BUSY: Duration = Duration::from_secs(5);

/// The access key of all cases.
const ACCESS_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const USUAL_CONFIG: &str = "[core]\ncollect_telemetry = no\n";

/// The place where a program runs. The folders are made again for each run at the same paths, so that two runs can be
/// compared.
#[derive(Debug)]
pub struct World {
    /// The folder that contains all others.
    pub folder: PathBuf,
    /// The PATH. `{{home}}` stands for the home folder, and `{{folder}}` for the folder of all others.
    pub path: String,
    /// Variables in addition to the variables of a case.
    pub variables: Vec<(String, String)>,
    /// A folder whose files are copied into AZURE_CONFIG_DIR first.
    pub template: Option<PathBuf>,
    /// The time limit of a program.
    pub deadline: Duration,
}

/// The output of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The exit code, or the negative number of the signal that ended the program.
    pub exit_code: i32,
    /// The text that it wrote to stdout.
    pub stdout: String,
    /// The text that it wrote to stderr.
    pub stderr: String,
    /// The requests to the service.
    pub requests: Vec<Request>,
    /// The port of the service.
    pub port: u16,
}

impl World {
    /// Returns the home folder.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// Returns the working directory.
    pub fn working(&self) -> PathBuf {
        self.folder.join("work")
    }

    /// Removes the files of the previous run, and makes the folders.
    ///
    /// # Errors
    ///
    /// When that fails.
    pub fn prepare(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).at(&self.folder),
            _ => {}
        }
        for folder in [self.home().join(".azure"), self.working()] {
            fs::create_dir_all(&folder).at(&folder)?;
        }
        Ok(())
    }

    /// Runs this program on a case. [`World::prepare`] must be called before.
    ///
    /// # Errors
    ///
    /// When a file cannot be written, or the program cannot be started.
    pub fn run(&self, program: &Path, case: &Case) -> Result<Seen, Error> {
        let server = Server::start(case.responses.clone())?;
        let fill = |text: &str| self.fill(text, server.port);
        self.write_files(case, &fill)?;
        let mut command = Command::new(program);
        self.set_up(&mut command, case, &fill);
        let streams = Streams::new(&mut command, case.terminals, case.stdin.is_empty())?;
        let mut child = spawn(command.process_group(0)).at(program)?;
        // The copies of the terminals' other ends must be closed here, because the streams would not end otherwise.
        drop(command);
        let (status, stdout, stderr) = streams.drive(&mut child, &fill(&case.stdin), self.deadline)?;
        let exit_code = status.code().unwrap_or_else(|| -status.signal().unwrap_or_default());
        Ok(Seen { exit_code, stdout, stderr, requests: server.requests(), port: server.port })
    }

    fn fill(&self, text: &str, port: u16) -> String {
        text.replace("{{endpoint}}", &format!("https://localhost:{port}"))
            .replace("{{hostport}}", &format!("localhost:{port}"))
            .replace("{{cwd}}", &self.working().to_string_lossy())
            .replace("{{home}}", &self.home().to_string_lossy())
            .replace("{{folder}}", &self.folder.to_string_lossy())
    }

    fn write_files(&self, case: &Case, fill: &impl Fn(&str) -> String) -> Result<(), Error> {
        let configuration = self.home().join(".azure");
        if let Some(template) = &self.template {
            copy(template, &configuration)?;
        }
        write(&configuration.join("config"), &fill(case.config.as_deref().unwrap_or(USUAL_CONFIG)))?;
        write(&self.home().join("tls/cert.pem"), CERTIFICATE)?;
        for (name, text) in &case.files {
            write(&self.working().join(name), &fill(text))?;
        }
        Ok(())
    }

    fn set_up(&self, command: &mut Command, case: &Case, fill: &impl Fn(&str) -> String) {
        let home = self.home();
        command
            .env_clear()
            .env("HOME", &home)
            .env("AZURE_CONFIG_DIR", home.join(".azure"))
            .env("PATH", fill(&self.path))
            .env("TMPDIR", &home)
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .env("REQUESTS_CA_BUNDLE", home.join("tls/cert.pem"))
            .env(
                "AZURE_COMMUNICATION_CONNECTION_STRING",
                fill(&format!("endpoint={{{{endpoint}}}}/;accesskey={ACCESS_KEY}")),
            )
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.working())
            .args(case.argv.iter().map(|word| fill(word)));
        for (name, value) in &case.env {
            match value {
                Some(value) => command.env(name, fill(value)),
                None => command.env_remove(name),
            };
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).at(folder)?;
    }
    fs::write(path, text).at(path)
}

/// Copies a folder with all its files and folders.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to).at(to)?;
    for entry in fs::read_dir(from).at(from)? {
        let entry = entry.at(from)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).at(&path)?;
        }
    }
    Ok(())
}

/// Starts a program that may have been written a moment ago. A child that another thread starts has a copy of the open
/// file until it becomes another program.
fn spawn(command: &mut Command) -> std::io::Result<Child> {
    let started = Instant::now();
    loop {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && started.elapsed() < BUSY => {
                sleep(Duration::from_millis(1));
            }
            spawned => return spawned,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::{Seen, World};
    use crate::cases::{Case, Terminals};

    fn run(name: &str, case: Case) -> (World, Seen) {
        let world = World {
            folder: crate::root().join(format!("target/xtask-tests/{}-{name}", std::process::id())),
            path: "/usr/bin:/bin".into(),
            variables: Vec::new(),
            template: None,
            deadline: Duration::from_secs(20),
        };
        world.prepare().unwrap();
        let seen = world.run(Path::new("/bin/sh"), &case).unwrap();
        std::fs::remove_dir_all(&world.folder).unwrap();
        (world, seen)
    }

    fn script(text: &str) -> Case {
        Case { argv: vec!["-c".into(), text.into()], ..Case::default() }
    }

    #[test]
    fn a_program_runs_in_folders_of_its_own() {
        let case =
            Case { files: vec![("a/b".into(), "{{cwd}}".into())], ..script("pwd; cat a/b; echo; echo $HOME; exit 3") };
        let (world, seen) = run("folders", case);
        let (working, home) = (world.working().display().to_string(), world.home().display().to_string());
        assert_eq!(seen.stdout, format!("{working}\n{working}\n{home}\n"));
        assert_eq!(seen.exit_code, 3);
    }

    #[test]
    fn what_is_typed_comes_after_the_question() {
        let text = "[ -t 0 ] && [ ! -t 1 ] && printf '(y/n): ' && read answer && echo \"<$answer>\"";
        let case = Case { stdin: "n\n".into(), terminals: Terminals::Stdin, ..script(text) };
        assert_eq!(run("typed", case).1.stdout, "(y/n): <n>\n");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let mut world = World {
            folder: crate::root().join(format!("target/xtask-tests/{}-ended", std::process::id())),
            path: "/usr/bin:/bin".into(),
            variables: Vec::new(),
            template: None,
            deadline: Duration::from_millis(100),
        };
        world.prepare().unwrap();
        let seen = world.run(Path::new("/bin/sh"), &script("echo begun; sleep 100 & wait")).unwrap();
        assert_eq!((seen.exit_code, seen.stdout.as_str()), (-9, "begun\n"));
        world.deadline = Duration::from_secs(20);
        let seen = world.run(Path::new("/bin/sh"), &script("sleep 100 & echo left")).unwrap();
        assert_eq!((seen.exit_code, seen.stdout.as_str()), (0, "left\n"));
        std::fs::remove_dir_all(&world.folder).unwrap();
    }
}
