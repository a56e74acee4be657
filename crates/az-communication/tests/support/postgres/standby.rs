//! A synchronous standby.

use super::super::programs::{Place, ServerFolder, until};
use super::data::{program, run};
use super::server::Server;

impl Server {
    /// Starts a standby on that address. From then on, a commit of this server waits until the standby has it, too.
    pub fn standby(&self, place: &Place, address: &str) -> Server {
        let folder = ServerFolder::new();
        let source = format!("host={} port={} user=postgres", self.folder.path().display(), self.port);
        run(program(&Place::default(), "pg_basebackup")
            .args(["--write-recovery-conf", "--checkpoint", "fast", "--no-sync", "--dbname", &source, "--pgdata"])
            .arg(folder.path().join("data")));
        let standby = Server::of(place, address, folder, self.authority.clone());
        // It is set after the copy, because the standby would have it, too, and would wait for a standby of its own.
        self.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("postgres", "SELECT pg_reload_conf()");
        until("the standby is synchronous", || {
            let state = self.sql("postgres", "SELECT sync_state FROM pg_stat_replication");
            (state == "sync").then_some(())
        });
        standby
    }

    /// Makes a standby the primary.
    pub fn promote(&self) {
        assert_eq!(self.sql("postgres", "SELECT pg_promote()"), "t", "{}", self.log());
    }

    /// Returns the URL of a database on these servers, of which clients take the one that writes.
    pub fn url_with(&self, other: &Server, database: &str) -> String {
        let one = self.url(database);
        one.replace(&self.host(), &format!("{},{}", self.host(), other.host())) + "?target_session_attrs=read-write"
    }
}
