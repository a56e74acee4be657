//! A PostgreSQL server.

use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::programs::{LIMIT, Place, ServerFolder, signal, spawn, within};
use super::super::unused_port;
use super::data::{self, program};
use super::session::{Session, sql};
use super::{PASSWORD, USER};

/// A server. It ends with the test.
pub struct Server {
    pub(super) place: Place,
    /// The address on which it listens.
    pub(super) address: String,
    pub(super) port: u16,
    pub(super) folder: ServerFolder,
    /// The certificate of the authority of its own certificate, in PEM.
    pub authority: String,
    process: Mutex<Option<Child>>,
}

impl Server {
    /// Starts a server with new data on this machine.
    pub fn start() -> Self {
        Self::start_on(&Place::default(), "127.0.0.1")
    }

    /// Returns a server that tests share as long as one of them runs. They may neither stop nor configure it.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Starts a server with new data that listens on that address of a machine.
    pub fn start_on(place: &Place, address: &str) -> Self {
        let folder = ServerFolder::new();
        let authority = data::make(&folder, &["localhost", address]);
        let server = Self::of(place, address, folder, authority);
        server.sql("postgres", &format!("CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{PASSWORD}'"));
        server
    }

    /// Starts a server with data that exists, on a free port.
    pub(super) fn of(place: &Place, address: &str, folder: ServerFolder, authority: String) -> Self {
        let (place, address) = (place.clone(), address.to_owned());
        let mut server = Self { place, address, port: 0, folder, authority, process: Mutex::default() };
        for _ in 0..5 {
            server.port = unused_port();
            if server.launch() {
                return server;
            }
        }
        panic!("PostgreSQL does not start: {}", server.log());
    }

    /// Starts the process. Returns `false` if it ends by itself.
    fn launch(&self) -> bool {
        let log = std::fs::File::options().append(true).create(true).open(self.folder.path().join("log")).unwrap();
        let data = self.folder.path().join("data");
        let mut command = program(&self.place, "postgres");
        command.arg("-D").arg(&data).arg("-k").arg(self.folder.path());
        command.args(["-h", &self.address, "-p", &self.port.to_string()]);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut child = spawn(command);
        let serves = within(LIMIT, "PostgreSQL starts", || {
            if child.try_wait().unwrap().is_some() {
                return Some(false);
            }
            (data::state(&data, child.id())? == "ready").then_some(true)
        });
        *self.process.lock().unwrap() = serves.then_some(child);
        serves
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Returns the host and the port, as a URL names them.
    pub fn host(&self) -> String {
        format!("{}:{}", self.address, self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Makes an empty database, which [`USER`] owns. Returns its name.
    pub fn database(&self) -> String {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} OWNER {USER}"));
        name
    }

    /// Returns the URL of a database. The password is not in it: [`PASSWORD`].
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@{}/{database}", self.host())
    }

    /// Runs statements as the administrator. Returns the rows, with `|` between columns.
    pub fn sql(&self, database: &str, text: &str) -> String {
        sql(self, database, text)
    }

    /// Opens a session of the administrator.
    pub fn session(&self, database: &str) -> Session {
        Session::of(self, database)
    }

    /// Stops the server and ends all connections, as an administrator does.
    pub fn stop(&self) {
        self.end(Signal::INT);
    }

    /// Kills the server without a warning.
    pub fn kill(&self) {
        self.end(Signal::KILL);
    }

    fn end(&self, how: Signal) {
        let mut child = self.process.lock().unwrap().take().expect("it runs");
        signal(&child, how);
        child.wait().unwrap();
    }

    /// Starts the server on the same data and port. After a kill, the old processes end before it can start.
    pub fn start_again(&self) {
        let end = Instant::now() + LIMIT;
        while !self.launch() {
            assert!(Instant::now() < end, "PostgreSQL does not start again: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let process = self.process.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(mut child) = process.take() {
            signal(&child, Signal::QUIT);
            let _ = child.wait();
        }
        data::remove_shared_memory(&self.folder.path().join("data"));
    }
}
