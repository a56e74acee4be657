//! Emulators that keep their data in one PostgreSQL database, and a balancer in front of them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;

use rustix::process::Signal;

use super::balancer::{Balancer, Port};
use super::emulator::{Client, Emulator};
use super::postgres::{PASSWORD, Server};
use super::programs::{Place, signal, spawn};
use super::{AZ, Folder, az};

/// How a replica is started.
#[derive(Clone)]
pub struct Start {
    pub place: Place,
    /// The address on which it listens.
    pub address: String,
    /// The URL of the store.
    pub store: String,
    pub public_url: String,
    /// More options.
    pub options: Vec<String>,
}

impl Start {
    pub fn new(store: &str, public_url: &str) -> Self {
        let (store, public_url) = (store.to_owned(), public_url.to_owned());
        Self { place: Place::default(), address: "127.0.0.1".to_owned(), store, public_url, options: Vec::new() }
    }

    pub fn on(mut self, place: &Place, address: &str) -> Self {
        (self.place, self.address) = (place.clone(), address.to_owned());
        self
    }

    pub fn with(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(|option| (*option).to_owned()));
        self
    }

    /// Starts the process, which has a home folder of its own.
    pub fn begin(self) -> Starting {
        let home = Folder::new();
        let log = home.path().join("log");
        let child = self.process(&home, &log);
        Starting { start: self, home, log, child }
    }

    fn process(&self, home: &Folder, log: &Path) -> Child {
        let mut command = self.place.ending("KILL", AZ);
        command.args(["communication", "emulator", "start", "--store", &self.store, "--plain-http"]);
        command.args(["--public-url", &self.public_url, "--port", "0", "--host", &self.address]).args(&self.options);
        let environment = az(home);
        command.envs(environment.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PGPASSWORD", PASSWORD).current_dir(home.path());
        let log = std::fs::File::options().append(true).create(true).open(log).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        spawn(command)
    }
}

/// A replica that has not said yet that it is ready.
pub struct Starting {
    start: Start,
    home: Folder,
    log: PathBuf,
    child: Child,
}

impl Starting {
    /// Waits until it is ready. If it ends instead, returns its exit code and what it said.
    pub fn result(self) -> Result<Replica, (Option<i32>, String)> {
        match ready(self.child) {
            Ok(emulator) => Ok(Replica { start: self.start, home: self.home, log: self.log, emulator }),
            Err(mut child) => Err((child.wait().unwrap().code(), std::fs::read_to_string(&self.log).unwrap())),
        }
    }

    pub fn ready(self) -> Replica {
        self.result().unwrap_or_else(|(code, said)| panic!("the replica has ended with {code:?}: {said}"))
    }
}

/// Waits for the ready line of a process.
fn ready(mut child: Child) -> Result<Emulator, Child> {
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    match serde_json::from_str(&line) {
        Ok(ready) => Ok(Emulator { child, ready, stdout }),
        Err(_) => Err(child),
    }
}

/// A replica. It ends with the test.
pub struct Replica {
    start: Start,
    home: Folder,
    log: PathBuf,
    pub emulator: Emulator,
}

impl Replica {
    pub fn port(&self) -> u16 {
        self.emulator.port()
    }

    pub fn address(&self) -> &str {
        &self.start.address
    }

    /// Returns a client of this replica, with a connection of its own, without TLS.
    pub fn client(&self) -> Client {
        let stream = self.start.place.connect(&self.start.address, self.port()).unwrap();
        Client::over(stream, &format!("{}:{}", self.start.address, self.port()))
    }

    /// What it has written to stderr.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Kills it without a warning.
    pub fn kill(&mut self) {
        self.end(Signal::KILL);
    }

    /// Ends it as an administrator does.
    pub fn stop(&mut self) {
        assert!(self.end(Signal::TERM).success(), "{}", self.log());
    }

    fn end(&mut self, how: Signal) -> std::process::ExitStatus {
        signal(&self.emulator.child, how);
        self.emulator.child.wait().unwrap()
    }

    /// Starts it again, after it has ended. It gets another port.
    pub fn start_again(&mut self) {
        let Ok(emulator) = ready(self.start.process(&self.home, &self.log)) else {
            panic!("it does not start again: {}", self.log());
        };
        self.emulator = emulator;
    }
}

/// Replicas of one service behind a balancer.
pub struct Service {
    pub replicas: Vec<Replica>,
    pub balancer: Balancer,
    pub server: Arc<Server>,
    pub database: String,
}

impl Service {
    /// Starts replicas on an empty database of the server that tests share.
    pub fn shared(count: usize) -> Self {
        Self::on(Server::shared(), count)
    }

    /// Starts replicas on an empty database of that server.
    pub fn on(server: Arc<Server>, count: usize) -> Self {
        let database = server.database();
        let store = server.url(&database);
        Self::of(server, database, count, |url| Start::new(&store, url))
    }

    /// Starts replicas in this way. The closure gets the public URL.
    pub fn of(server: Arc<Server>, database: String, count: usize, how: impl Fn(&str) -> Start) -> Self {
        Self::through(Port::new(), server, database, count, how)
    }

    /// The same behind a balancer on that port.
    pub fn through(
        port: Port,
        server: Arc<Server>,
        database: String,
        count: usize,
        how: impl Fn(&str) -> Start,
    ) -> Self {
        let url = port.url();
        let starting: Vec<Starting> = (0..count).map(|_| how(&url).begin()).collect();
        let replicas: Vec<Replica> = starting.into_iter().map(Starting::ready).collect();
        let places: Vec<(&str, u16)> = replicas.iter().map(|replica| (replica.address(), replica.port())).collect();
        let balancer = port.balance(&places);
        Self { replicas, balancer, server, database }
    }

    /// Starts a replica again that has ended, and tells the balancer where it is.
    pub fn start_again(&mut self, number: usize) {
        let replica = &mut self.replicas[number];
        replica.start_again();
        self.balancer.moved(number, replica.address(), replica.port());
    }

    /// Runs statements on the database as its administrator.
    pub fn sql(&self, text: &str) -> String {
        self.server.sql(&self.database, text)
    }
}
