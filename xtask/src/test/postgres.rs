//! A PostgreSQL server for the tests of the store, which make a database each.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{At as _, Error};
use crate::release::command::output;

/// The variable by which the tests find the server.
const VARIABLE: &str = "AZ_TEST_POSTGRES";

/// Debian has a folder for each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// What the server says when it takes connections, in the language of `LC_ALL=C`.
const READY: &str = "database system is ready to accept connections";

/// How often another port is tried.
const ATTEMPTS: usize = 5;

/// A server that runs until this is dropped, or until this program ends.
#[derive(Debug)]
pub struct Server {
    child: Child,
    folder: PathBuf,
    url: String,
}

impl Server {
    /// Starts a server with data of its own.
    ///
    /// # Errors
    ///
    /// When PostgreSQL is not installed, or does not start.
    pub fn start() -> Result<Self, Error> {
        let programs = programs()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let folder = std::env::temp_dir().join(format!("xtask-postgres-{}-{}", std::process::id(), now.as_nanos()));
        fs::create_dir(&folder).at(&folder)?;
        let password = output(Command::new("openssl").args(["rand", "-hex", "24"]))?.trim().to_owned();
        let (data, file) = (folder.join("data"), folder.join("password"));
        fs::write(&file, &password).at(&file)?;
        let is_root = output(Command::new("id").arg("-u"))?.trim() == "0";
        if is_root {
            output(Command::new("chown").args(["-R", "nobody:nogroup"]).arg(&folder))?;
        }
        let program = |name: &str| unprivileged(is_root, &programs.join(name));
        output(
            program("initdb")
                .args(["--username=postgres", "--auth=scram-sha-256", "--no-locale", "--encoding=UTF8", "--no-sync"])
                .arg("--pwfile")
                .arg(&file)
                .arg("--pgdata")
                .arg(&data),
        )?;
        for _ in 0..ATTEMPTS {
            let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
            let port = address.at(Path::new("127.0.0.1"))?.port();
            let mut server = program("postgres");
            server.arg("-D").arg(&data).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
            server.args(["-c", "unix_socket_directories=", "-c", "max_connections=300"]);
            let mut child = server.stderr(Stdio::piped()).spawn().at(&programs)?;
            if is_ready(&mut child) {
                let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres?sslmode=disable");
                return Ok(Self { child, folder, url });
            }
            let _ = child.wait();
        }
        Err(Error::new(format!("PostgreSQL does not start: see the files in {}.", folder.display())))
    }

    /// Lets a command find the server.
    pub fn tell(&self, command: &mut Command) {
        command.env(VARIABLE, &self.url);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // QUIT ends it at once, and removes its shared memory. KILL would not.
        let _ = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns the folder with the programs of the newest version.
fn programs() -> Result<PathBuf, Error> {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let numbers = versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    let newest = numbers.max().map(|(_, path)| path.join("bin"));
    newest.ok_or_else(|| Error::new(format!("{VERSIONS} has no version of PostgreSQL: scripts/test.sh installs it.")))
}

/// Returns a program that ends together with this one. PostgreSQL refuses to run as root.
fn unprivileged(is_root: bool, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if is_root {
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT"]).arg(program).env("LC_ALL", "C").current_dir("/");
    command
}

/// Waits until a server takes connections. Returns whether it does. Its later words go nowhere: a test that fails says
/// what it has asked.
fn is_ready(child: &mut Child) -> bool {
    let Some(stderr) = child.stderr.take() else { return false };
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let is_ready = lines.any(|line| line.contains(READY));
    std::thread::spawn(move || lines.for_each(drop));
    is_ready
}
