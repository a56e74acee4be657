//! PgBouncer in front of a server.

use std::net::TcpStream;
use std::process::{Child, Stdio};

use super::super::programs::{Place, ServerFolder, spawn, until};
use super::super::unused_port;
use super::server::Server;
use super::{PASSWORD, USER};

/// A PgBouncer in transaction mode: each transaction of a client may get another connection of the server. It ends with
/// the test.
pub struct Bouncer {
    folder: ServerFolder,
    port: u16,
    child: Child,
}

impl Bouncer {
    /// Starts one with fewer connections than clients.
    pub fn of(server: &Server) -> Self {
        let folder = ServerFolder::new();
        let users = folder.write("users", format!("\"{USER}\" \"{PASSWORD}\"\n"));
        for _ in 0..5 {
            let port = unused_port();
            let settings = format!(
                "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
                 unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {}\npool_mode = transaction\n\
                 default_pool_size = 4\nmax_client_conn = 500\n",
                server.address(),
                server.port(),
                users.display()
            );
            let mut command = Place::default().unprivileged("KILL", "pgbouncer");
            command.arg(folder.write("settings", settings));
            let log = std::fs::File::create(folder.path().join("log")).unwrap();
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
            let mut child = spawn(command);
            let serves = until("PgBouncer starts", || {
                if child.try_wait().unwrap().is_some() {
                    return Some(false);
                }
                TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(true)
            });
            if serves {
                return Self { folder, port, child };
            }
        }
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        panic!("PgBouncer does not start: {log}");
    }

    /// Returns the URL of a database behind it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
