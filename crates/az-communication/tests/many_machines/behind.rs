//! What stands behind the balancer in the tests of clients.

use std::path::{Path, PathBuf};
use std::process::Command;

use acs_identity_protocol::AccessKey;

use crate::support::postgres::{Bouncer, Server};
use crate::support::replicas::{Service, Start};
use crate::support::schemathesis::{SECRET, SECRET_VARIABLE};
use crate::support::{AZ, Folder, az};

/// Three replicas, which PgBouncer separates from the server.
pub struct Behind {
    pub home: Folder,
    pub service: Service,
    _bouncer: Bouncer,
}

impl Behind {
    pub fn start() -> Self {
        let server = Server::shared();
        let bouncer = Bouncer::of(&server);
        let database = server.database();
        let store = bouncer.url(&database);
        let with_secret = |url: &str| Start::new(&store, url).with(&["--control-secret", SECRET]);
        let service = Service::of(server, database, 3, with_secret);
        let home = Folder::new();
        home.write("authority.pem", service.balancer.authority());
        home.write("bin/.keep", "");
        std::os::unix::fs::symlink(AZ, home.path().join("bin/az")).unwrap();
        Self { home, service, _bouncer: bouncer }
    }

    /// Returns the connection string of the balancer, with the access key of the replicas.
    pub fn connection(&self) -> String {
        format!("endpoint={}/;accesskey={}", self.service.balancer.url(), AccessKey::development().to_base64())
    }

    /// Runs a program of the repository's root that must succeed, with the variables of a client.
    pub fn run(&self, words: &[&str]) {
        let (url, connection) = (self.service.balancer.url(), self.connection());
        let path = std::env::var("PATH").unwrap();
        let mut client = Command::new(words[0]);
        client.args(&words[1..]).current_dir(root());
        client.env("PATH", format!("{}:{path}", self.home.path().join("bin").display()));
        client.env("PYTHONDONTWRITEBYTECODE", "1").env("HOME", self.home.path());
        client.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection).env("AZURE_COMMUNICATION_ENDPOINT", &url);
        for name in ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
            client.env(name, self.home.path().join("authority.pem"));
        }
        for name in ["NO_PROXY", "no_proxy"] {
            client.env(name, "localhost");
        }
        client.env("IDENTITY_ENDPOINT", format!("{url}/msi/token")).env("AZURE_AUTHORITY_HOST", &url);
        client.env(SECRET_VARIABLE, SECRET).envs(self.derived());
        let output = client.output().unwrap();
        let [said, log] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        assert!(output.status.success(), "{words:?} ended with {}: {said}\n{log}", output.status);
        println!("{said}");
    }

    /// Returns the variables whose values derive from the access key, which is the well-known one here. Another
    /// emulator with that key shows them.
    fn derived(&self) -> Vec<(String, String)> {
        let mut run = az(&self.home);
        run.args(["communication", "emulator", "run", "--in-memory", "--", "printenv"]);
        let output = run.output().unwrap();
        let names = ["IDENTITY_HEADER", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
        let text = String::from_utf8(output.stdout).unwrap();
        let variables = text.lines().filter_map(|line| line.split_once('='));
        let wanted = variables.filter(|(name, _)| names.contains(name));
        let found: Vec<_> = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(found.len(), names.len(), "{text}");
        found
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
