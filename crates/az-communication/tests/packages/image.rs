//! Tests of the container image, run with its configuration in namespaces that root makes. contents.rs tests its
//! archives.

mod archive;
mod container;
mod contents;
mod manual;
mod network;

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use container::{Image, listing};
use network::Network;

use super::dist::stdout;
use super::support;
use support::machines::fetch;

/// Ends the test and prints its name if it cannot run.
macro_rules! needs_containers {
    ($name:literal) => {
        if let Some(reason) = support::machines::lacking() {
            eprintln!("skipped: {}: {reason}", $name);
            return;
        }
    };
}

#[test]
#[ignore = "makes namespaces, which needs root: run scripts/test.sh"]
fn it_is_healthy_without_a_capability_on_a_read_only_root() {
    needs_containers!("it_is_healthy_without_a_capability_on_a_read_only_root");
    // /tmp is in memory, or there is no folder for temporary files.
    for has_tmp in [true, false] {
        let image = Image { has_tmp, ..Image::new() };
        let machine = image.machine();
        let mut container = image.start(&machine);
        assert_eq!(container.status("Uid"), "65532 65532 65532 65532");
        assert_eq!(container.status("Gid"), "65532 65532 65532 65532");
        assert_eq!(container.status("NSpid").split(' ').next_back(), Some("1"));
        assert_eq!(container.status("NoNewPrivs"), "1");
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            assert_eq!(container.status(set), "0000000000000000", "{set}");
        }
        let mounts = fs::read_to_string(format!("/proc/{}/mounts", container.process)).unwrap();
        let root = mounts.lines().find(|line| line.split(' ').nth(1) == Some("/")).unwrap();
        assert!(root.split(' ').nth(3).unwrap().starts_with("ro"), "{mounts}");
        assert_eq!(mounts.contains(" /tmp "), has_tmp, "{mounts}");
        let status: Value = serde_json::from_slice(&container.check().stdout).unwrap();
        assert_eq!((&status["ready"], &status["endpoint"]), (&true.into(), &"https://localhost:10100".into()));
        // For clients, the folder in the volume contains the public roots and the emulator's authority.
        assert_eq!(container.ready_line()["caBundle"], "/data/emulator/bundle.pem");
        let bundle = fs::read_to_string(image.home.path().join("volume/emulator/bundle.pem")).unwrap();
        assert!(bundle.matches("-----BEGIN CERTIFICATE-----").count() > 100, "{bundle}");
        let (_, code, said) = container.stop();
        assert_eq!(code, Some(0), "{said}");
        // The well-known key causes only a warning.
        assert!(said.contains("WARNING: Other machines can reach this emulator"), "{said}");
    }
}

#[test]
#[ignore = "makes namespaces, which needs root: run scripts/test.sh"]
fn another_machine_reaches_it_under_a_given_name_and_through_a_mapped_port() {
    needs_containers!("another_machine_reaches_it_under_a_given_name_and_through_a_mapped_port");
    let image = Image { variables: vec![("HOSTNAME", "acs-emulator,acs-mapped")], ..Image::new() };
    let network = Network::new(&image);
    let container = image.start(&network.emulator);
    let certificate = network.fetch_certificate();
    for base in Network::urls() {
        // curl verifies the chain and the name.
        let get = |url: &str| fetch(network.client("curl").args(["--cacert", &certificate, url])).json();
        let metadata = get(&format!("{base}/.well-known/openid-configuration"));
        assert_eq!(metadata["issuer"], base);
        assert_eq!(metadata["jwks_uri"], format!("{base}/.well-known/jwks.json"));
        assert!(!get(metadata["jwks_uri"].as_str().unwrap())["keys"].as_array().unwrap().is_empty());
        let user = network.create(&base, &certificate);
        assert!(user.starts_with("8:acs:"), "{user}");
    }
    drop(container);
}

#[test]
#[ignore = "makes namespaces, which needs root: run scripts/test.sh"]
fn its_volume_keeps_resource_identities_and_authority_over_a_restart() {
    needs_containers!("its_volume_keeps_resource_identities_and_authority_over_a_restart");
    let image = Image { variables: vec![("HOSTNAME", "acs-emulator,acs-mapped")], ..Image::new() };
    let network = Network::new(&image);
    let [base, _] = Network::urls();
    let health = || {
        let url = format!("{}/health", base.replace("https:", "http:"));
        fetch(network.client("curl").arg(url)).json()["resourceId"].clone()
    };
    let container = image.start(&network.emulator);
    let certificate = network.fetch_certificate();
    let (resource, user) = (health(), network.create(&base, &certificate));
    assert_eq!(container.stop().1, Some(0));
    let _container = image.start(&network.emulator);
    assert_eq!(health(), resource);
    assert!(resource.is_string(), "{resource}");
    // TLS works with the certificate from before the restart.
    assert!(network.issue(&base, &certificate, &user).starts_with("eyJ"));
    let before = fs::read(&certificate).unwrap();
    assert_eq!(fs::read(network.fetch_certificate()).unwrap(), before);
}

/// Checks that the image runs as this user, with these additional groups, on a volume with that owner and mode.
fn gets_on(user: (u32, u32), groups: &[u32], owner: (u32, u32), mode: u32) {
    let image = Image { user, groups: groups.to_vec(), ..Image::new() };
    let volume = image.volume(owner, mode);
    let machine = image.machine();
    let container = image.start(&machine);
    let folder = stdout(Command::new("stat").args(["--format", "%u %a"]).arg(volume.join("emulator")));
    assert_eq!(folder.trim_end(), format!("{} 700", user.0), "{user:?} {mode:o}");
    assert_eq!(container.stop().1, Some(0));
    // The next start accepts the folder, because it belongs to the user.
    assert_eq!(image.start(&machine).stop().1, Some(0), "{user:?} {mode:o}");
}

#[test]
#[ignore = "makes namespaces, which needs root: run scripts/test.sh"]
fn every_user_can_use_an_empty_volume_of_any_owner() {
    needs_containers!("every_user_can_use_an_empty_volume_of_any_owner");
    // OpenShift selects a user without an entry in the user database, and the group 0.
    gets_on((1_234_567, 0), &[], (0, 0), 0o1777);
    gets_on((1_234_567, 0), &[], (0, 0), 0o775);
    gets_on((65_532, 65_532), &[], (0, 0), 0o777);
    // The fsGroup of Kubernetes is an additional group.
    gets_on((65_532, 65_532), &[2_000], (0, 2_000), 0o2775);
    gets_on((1_234_567, 0), &[1_000_670_000], (0, 1_000_670_000), 0o2777);
    gets_on((1_000, 1_000), &[], (1_000, 1_000), 0o700);
}

#[test]
#[ignore = "makes namespaces, which needs root: run scripts/test.sh"]
fn as_process_1_it_ends_within_two_seconds_with_open_connections() {
    needs_containers!("as_process_1_it_ends_within_two_seconds_with_open_connections");
    let image = Image::new();
    let network = Network::new(&image);
    let container = image.start(&network.emulator);
    // From another machine: an idle connection, half a head, half a body, half a TLS greeting.
    let script = "\
import socket, sys
parts = [b'', b'GET /hea', b'POST /identities HTTP/1.1\\r\\nhost: acs-emulator\\r\\ncontent-length: 100\\r\\n\\r\\n{', b'\\x16\\x03\\x01']
open = [socket.create_connection(('acs-emulator', 10100)) for _ in parts]
for connection, part in zip(open, parts): connection.sendall(part)
open.append(socket.create_connection(('acs-emulator', 10100)))
open[-1].sendall(b'GET /health HTTP/1.1\\r\\nhost: acs-emulator\\r\\n\\r\\n')
open[-1].recv(100)
print('ready', flush=True)
sys.stdin.read()
";
    let mut client = network.client("python3");
    let mut client = client.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(client.stdout.take().unwrap()), &mut line).unwrap();
    assert_eq!(line, "ready\n");
    let (took, code, said) = container.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    drop(client.stdin.take());
    client.wait().unwrap();
}

#[test]
#[ignore = "makes namespaces, which needs root: run scripts/test.sh"]
fn it_writes_into_its_volume_and_tmp_only() {
    needs_containers!("it_writes_into_its_volume_and_tmp_only");
    // In this container, every folder can be written.
    let image =
        Image { is_read_only: false, has_tmp: true, variables: vec![("HOSTNAME", "acs-emulator")], ..Image::new() };
    let (user, group) = image.user;
    stdout(Command::new("chown").args(["-R", &format!("{user}:{group}")]).arg(&image.root));
    let before = listing(&image.root);
    let network = Network::new(&image);
    let container = image.start(&network.emulator);
    let certificate = network.fetch_certificate();
    network.create(&Network::urls()[0], &certificate);
    assert_eq!(container.stop().1, Some(0));
    assert_eq!(listing(&image.root), before);
    let made = fs::read_dir(image.home.path().join("volume")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(made.collect::<Vec<_>>(), ["emulator"]);
}

#[test]
#[ignore = "makes namespaces, which needs root: run scripts/test.sh"]
fn its_key_comes_from_a_file_of_a_secret_and_is_not_told() {
    needs_containers!("its_key_comes_from_a_file_of_a_secret_and_is_not_told");
    const KEY: &str = "YSBrZXkgb2YgdGhlIGltYWdlJ3Mgb3duLCBmcm9tIGEgc2VjcmV0J3MgZmlsZS4=";
    let image = Image { variables: vec![("ACCESS_KEY_FILE", "/run/secrets/acs-key")], ..Image::new() };
    fs::write(image.root.join("run/secrets/acs-key"), format!("{KEY}\n")).unwrap();
    let machine = image.machine();
    let mut container = image.start(&machine);
    assert_eq!(container.ready_line()["connectionString"], Value::Null);
    let create = |key: &str| {
        let mut program = machine.command(&image.home, image.root.join("usr/bin/az-communication"));
        let connection = format!("endpoint=https://localhost:10100/;accesskey={key}");
        program.env("REQUESTS_CA_BUNDLE", image.home.path().join("volume/emulator/ca.pem"));
        program.args(["user", "create", "--connection-string", &connection]).output().unwrap()
    };
    let well_known = acs_identity_protocol::connection_string::DEVELOPMENT_ACCESS_KEY;
    assert!(!create(well_known).status.success());
    let output = create(KEY);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (_, _, said) = container.stop();
    assert!(!said.contains(KEY) && !said.contains("Other machines"), "{said}");
}
