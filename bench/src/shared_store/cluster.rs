//! A PostgreSQL server of Debian in a folder of its own, with its usual settings: fsync and synchronous_commit are on.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::emulator::folder;

/// A server that runs until it is dropped.
pub struct Cluster {
    child: Child,
    binaries: PathBuf,
    pub port: u16,
}

/// PostgreSQL refuses to run as root.
const USER: &str = "postgres";

/// Returns the folder with the programs of the newest version.
pub fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    folders.filter(|folder| folder.join("initdb").is_file()).max()
}

fn id(of: &str) -> u32 {
    let output = Command::new("id").args([of, USER]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().expect("the user postgres exists")
}

/// Returns a command that runs as the user of PostgreSQL.
fn as_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--clear-groups", "--pdeathsig", "SIGKILL"]).arg(program);
    command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
    command
}

impl Cluster {
    /// Starts an empty server on these cores.
    pub fn start(name: &str, cores: &str) -> Self {
        let binaries = binaries().expect("PostgreSQL is installed");
        let data = std::env::temp_dir().join(format!("bench-postgres-{name}"));
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir_all(&data).unwrap();
        chown(&data, Some(id("-u")), Some(id("-g"))).unwrap();
        let made = as_user(&binaries.join("initdb"))
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = as_user(&binaries.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "max_connections=300"])
            .spawn()
            .unwrap();
        let cluster = Self { child, binaries, port };
        cluster.move_to(cores);
        let begun = Instant::now();
        while !cluster.program("pg_isready").stdout(Stdio::null()).status().unwrap().success() {
            assert!(begun.elapsed() < Duration::from_secs(30), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        cluster.move_to(cores);
        cluster
    }

    /// Moves all its processes to these cores. Later ones start there, too.
    pub fn move_to(&self, cores: &str) {
        for pid in self.processes() {
            let _ = Command::new("taskset").args(["-cp", cores, &pid.to_string()]).stdout(Stdio::null()).status();
        }
    }

    fn processes(&self) -> Vec<u32> {
        let main = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{main}/task/{main}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        std::iter::once(main).chain(children).collect()
    }

    /// Returns the processor time of all its processes in seconds, also of those that have ended.
    pub fn cpu_seconds(&self) -> f64 {
        let main = self.child.id();
        let of = |pid: u32| -> Option<f64> {
            let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let numbers: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
            // User and system time: its own, and for the first process that of the processes that have ended.
            let last = if pid == main { 14 } else { 12 };
            let ticks: f64 = numbers[11..=last].iter().filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
            Some(ticks / 100.0)
        };
        self.processes().into_iter().filter_map(of).sum()
    }

    /// Returns a command of PostgreSQL's clients for the server.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", USER]).stderr(Stdio::null());
        command
    }

    /// Executes statements. Returns what they print.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let mut command = self.program("psql");
        command.args(["-qAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statements]);
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "psql failed");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Makes an empty database. Returns the URL for `--store`. BENCH_STORE_QUERY can add parameters, such as
    /// `prepare=yes`.
    pub fn database(&self, name: &str) -> String {
        self.sql(USER, &format!("CREATE DATABASE {name}"));
        let more = std::env::var("BENCH_STORE_QUERY").map(|query| format!("&{query}")).unwrap_or_default();
        format!("postgres://{USER}@127.0.0.1:{}/{name}?sslmode=disable{more}", self.port)
    }

    /// Runs `pgbench` with prepared statements, 32 clients and a script. Returns its transactions per second.
    pub fn pgbench(&self, database: &str, cores: &str, script: &str, seconds: f64) -> f64 {
        let file = folder("pgbench").join("script.sql");
        std::fs::write(&file, script).unwrap();
        let seconds = seconds.ceil().to_string();
        let output = Command::new("taskset")
            .args(["-c", cores])
            .arg(self.binaries.join("pgbench"))
            .args(["-n", "-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", USER])
            .args(["-M", "prepared", "-c", "32", "-j", "2", "-T", &seconds, "-f"])
            .arg(&file)
            .arg(database)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find(|line| line.starts_with("tps = ")).unwrap_or_else(|| panic!("{text}"));
        line.split_whitespace().nth(2).unwrap().parse().unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT);
        let _ = self.child.wait();
    }
}
