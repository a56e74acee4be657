//! The endpoints that answer without a credential, asked for through HAProxy by a client on another machine. HAProxy is
//! on the emulator's machine, so that the emulator takes every peer for a local one.

use std::sync::Arc;

use crate::support::Folder;
use crate::support::balancer::{Balancer, Port};
use crate::support::emulator::{Answer, Emulator};
use crate::support::machines::{Machine, lacking};
use crate::support::postgres::Server;
use crate::support::programs::Place;
use crate::support::replicas::{Service, Start};
use crate::support::{AZ, az};

const EMULATOR: &str = "10.79.0.1";
const CLIENT: &str = "10.79.0.2";

/// Method, target, headers and body of requests without a credential that give a token, or lead to one.
type Door = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

const FORM: &[(&str, &str)] = &[("content-type", "application/x-www-form-urlencoded")];

const DOORS: [Door; 5] = [
    ("GET", "/metadata/identity/oauth2/token?resource=https://communication.azure.com/", &[("metadata", "true")], ""),
    ("POST", "/common/oauth2/v2.0/devicecode", FORM, "client_id=c&scope=https://communication.azure.com/.default"),
    ("POST", "/common/oauth2/v2.0/token", FORM, "client_id=c&grant_type=device_code&device_code=none"),
    ("GET", "/devicelogin", &[], ""),
    ("GET", "/emulator/token", &[], ""),
];

/// Two machines: one with HAProxy and emulators, one with clients.
struct Machines {
    home: Folder,
    emulator: Place,
    client: Place,
}

impl Machines {
    fn new(test: &str) -> Option<Self> {
        if let Some(reason) = lacking() {
            eprintln!("skipped: {test}: {reason}");
            return None;
        }
        let home = Folder::new();
        let [here, there] = [(); 2].map(|()| Arc::new(Machine::new(&home, "127.0.0.1 localhost\n")));
        here.connect(&home, "direct", EMULATOR, &there, CLIENT);
        Some(Self { home, emulator: Place::on(&here), client: Place::on(&there) })
    }

    fn knock(&self, balancer: &Balancer, (method, target, headers, body): Door, host: &str) -> Answer {
        let mut client = balancer.client_on(&self.client);
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        client.host = host.to_owned();
        client.raw(method, target, &headers, body).unwrap()
    }
}

#[test]
#[ignore = "makes network namespaces, which needs root: run scripts/test.sh"]
fn behind_a_balancer_nothing_is_given_where_no_credential_is_asked_for() {
    let test = "behind_a_balancer_nothing_is_given_where_no_credential_is_asked_for";
    let Some(machines) = Machines::new(test) else { return };
    let server = Arc::new(Server::start_on(&machines.emulator, "127.0.0.1"));
    let database = server.database();
    let store = server.url(&database);
    let start = |url: &str| Start::new(&store, url).on(&machines.emulator, "127.0.0.1");
    let with_door = start("https://acs-emulator.example").with(&["--token-endpoint"]).begin().result();
    let (code, said) = with_door.err().expect("--token-endpoint is refused");
    assert!(code == Some(2) && said.contains("--token-endpoint cannot be given with --plain-http"), "{code:?}: {said}");
    let service = Service::through(Port::on(&machines.emulator, EMULATOR), server, database, 2, start);
    for door in DOORS {
        for host in ["localhost", "127.0.0.1", EMULATOR] {
            let answer = machines.knock(&service.balancer, door, host);
            assert_eq!(answer.status, 403, "{door:?}, {host}: {answer:?}");
            assert!(!answer.body.to_string().contains("eyJ"), "{door:?}, {host}: {answer:?}");
        }
    }
    // The form of managed identity with a secret header asks for a credential, so it stays.
    // The header derives from the access key, which is the well-known one here.
    let mut run = az(&machines.home);
    run.args(["communication", "emulator", "run", "--in-memory", "--", "printenv", "IDENTITY_HEADER"]);
    let secret = String::from_utf8(run.output().unwrap().stdout).unwrap();
    let secret = secret.trim();
    assert!(secret.len() > 8, "{secret:?}");
    let target = "/msi/token?resource=https://communication.azure.com/";
    for (secret, status) in [(secret, 200), ("another secret", 401)] {
        let headers = [("x-identity-header".to_owned(), secret.to_owned())];
        let answer = service.balancer.client_on(&machines.client).raw("GET", target, &headers, "").unwrap();
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

#[test]
#[ignore = "makes network namespaces, which needs root: run scripts/test.sh"]
fn without_plain_http_and_a_public_url_the_emulator_cannot_tell_a_balancer_from_a_local_client() {
    let test = "without_plain_http_and_a_public_url_the_emulator_cannot_tell_a_balancer_from_a_local_client";
    let Some(machines) = Machines::new(test) else { return };
    let mut command = machines.emulator.ending("KILL", AZ);
    command.args(["communication", "emulator", "start", "--in-memory", "--port", "0", "--token-endpoint"]);
    command.envs(az(&machines.home).get_envs().filter_map(|(name, value)| Some((name, value?))));
    let emulator = Emulator::from_command(command.current_dir(machines.home.path()));
    let balancer = Port::on(&machines.emulator, EMULATOR).balance(&[("127.0.0.1", emulator.port())]);
    for door in DOORS {
        let answer = machines.knock(&balancer, door, "localhost");
        assert!(matches!(answer.status, 200 | 400), "{door:?}: {answer:?}");
    }
}
