//! The suites of others against three replicas behind the balancer: the official SDKs, Schemathesis, and the recorded
//! exchanges of the real service. Each client has only the variables that a user would set.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use acs_identity_protocol::AccessKey;

use crate::support::emulator::exchanges::all_are_answered_alike;
use crate::support::postgres::{Bouncer, Server};
use crate::support::replicas::{Service, Start};
use crate::support::schemathesis::{self, CONTROL, SECRET, SECRET_VARIABLE, SERVICE, operations_and_answered};
use crate::support::{AZ, Folder, az};

/// Three replicas, which PgBouncer separates from the server.
struct Behind {
    home: Folder,
    service: Service,
    _bouncer: Bouncer,
}

impl Behind {
    fn start() -> Self {
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

    /// Runs a program of the repository's root that must succeed, with the variables of a client.
    fn run(&self, words: &[&str]) {
        let url = self.service.balancer.url();
        let connection = format!("endpoint={url}/;accesskey={}", AccessKey::development().to_base64());
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

#[test]
#[ignore = "needs Python packages and PostgreSQL: run scripts/test.sh"]
fn the_python_sdk_behind_a_balancer() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    // Endpoints without a credential are off.
    let off = ["--deselect=tests/peers/python/test_identity.py::test_imds"];
    let also_off = ["--deselect=tests/peers/python/test_identity.py::test_device_code"];
    let words = [&python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/peers/python"];
    Behind::start().run(&[&words[..], &off, &also_off].concat());
}

#[test]
#[ignore = "needs npm packages and PostgreSQL: run scripts/test.sh"]
fn the_javascript_sdk_behind_a_balancer() {
    let behind = Behind::start();
    for name in ["identity", "faults"] {
        behind.run(&["node", "--test", &format!("tests/peers/javascript/{name}.test.mjs")]);
    }
}

#[test]
#[ignore = "needs Python packages and PostgreSQL: run scripts/test.sh"]
fn schemathesis_behind_a_balancer() {
    let folder = Folder::new();
    let file = |name: &str| folder.path().join(name);
    // The operations of the control API change what the others rely on.
    let service = schemathesis::command("service_hooks", "?api-version=2025-03-02-preview", SERVICE, &file("service"));
    Behind::start().run(&["bash", "-c", &service]);
    let control = schemathesis::command("control_hooks", "", CONTROL, &file("control"));
    Behind::start().run(&["bash", "-c", &control]);
    let (operations, of_service) = operations_and_answered(&file("service"));
    let answered = &of_service | &operations_and_answered(&file("control")).1;
    let missing: BTreeSet<&String> = operations.difference(&answered).collect();
    // Its call would end a replica.
    let stop = missing.iter().filter(|name| !name.ends_with("/emulator/stop")).count();
    assert_eq!(stop, 0, "never answered with 2xx: {missing:#?}");
}

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn the_recorded_exchanges_behind_a_balancer() {
    all_are_answered_alike(&mut Behind::start().service.balancer.client());
}
