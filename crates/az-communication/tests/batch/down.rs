//! Tests of a service that is down, or goes down in the middle of a batch: the message is printed once, independent of
//! the number of workers.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::process::Stdio;

use crate::support::odd::{Connection, Odd};
use crate::support::seen::run;
use crate::support::{Folder, az};
use crate::{ISSUE, recorded};

/// All workers of a command wait for the service together, in every command and with any number of workers.
#[test]
#[ignore = "waits for the 10 s that a service has to come back"]
fn a_service_that_is_down_is_said_once_and_waited_for_once() {
    // The port is in use, but no server listens there.
    let held = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None).unwrap();
    rustix::net::bind(&held, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    let bound = rustix::net::getsockname(&held).unwrap();
    let port = SocketAddrV4::try_from(bound).unwrap().port();
    let home = Folder::new();
    let users: Vec<String> = (0..40).map(|number| format!("8:acs:{number}")).collect();
    home.write("users.txt", users.join("\n"));
    let commands = [
        "token revoke-batch --users-from users.txt --yes".to_owned(),
        "user delete-batch --users-from users.txt --out-file d.jsonl --yes".to_owned(),
        format!("{ISSUE} --count 3 --concurrency 1 --out-file one.jsonl"),
        format!("{ISSUE} --count 40 --out-file many.jsonl"),
    ];
    let started = commands.map(|words| {
        let mut command = az(&home);
        command.args(["communication", "user-identity"]).args(words.split(' '));
        let endpoint = format!("endpoint=https://127.0.0.1:{port};accesskey=MDEyMzQ1Njc4OWFiY2RlZg==");
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", endpoint);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        (words, command.spawn().unwrap())
    });
    for (words, child) in started {
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{words}: {stderr}");
        assert_eq!(stderr.matches("Connection refused. Trying again for 10 s.\n").count(), 1, "{words}: {stderr}");
        assert_eq!(stderr.matches("ERROR: ").count(), 1, "{words}: {stderr}");
    }
}

/// The service reads requests and is killed. One error names the number of lost creations, and their numbers or names.
#[test]
#[ignore = "waits for the 10 s that a service has to come back"]
fn lost_creations_are_one_error_with_a_count_and_their_numbers() {
    let home = Folder::new();
    let server = Odd::start(|connection: &mut Connection| {
        connection.request()?;
        connection.cut()
    });
    home.write("names.txt", "alice\nbob\ncarol\ndave\nerin\nfred\ngina\nhugh\n");
    for (whom, file, under) in [
        ("--count 60", "n.jsonl", " The record lists them under n "),
        ("--names-from names.txt --api-version 2023-10-01", "m.jsonl", " The record lists them under the names "),
    ] {
        let mut command = server.az(&home);
        command.args(["communication", "user-identity"]).args(ISSUE.split(' ')).args(whom.split(' '));
        let seen = run(command.args(["--concurrency", "3", "--out-file", file]));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
        let (_, unknown) = recorded(&std::fs::read(home.path().join(file)).unwrap());
        assert!(unknown > 3, "{seen:?}");
        let said: Vec<&str> = seen.stderr.lines().filter(|line| line.starts_with("ERROR: It is not known")).collect();
        let [said] = said[..] else { panic!("{seen:?}") };
        let beginning = format!("ERROR: It is not known whether {unknown} users were created: ");
        assert!(said.starts_with(&beginning) && said.contains(under), "{said}");
    }
}

/// The message names the listed users whose requests are sent again.
#[test]
fn a_request_that_is_sent_again_is_named() {
    let home = Folder::new();
    let server = Odd::start(|connection: &mut Connection| {
        connection.request()?;
        connection.cut()
    });
    home.write("users.txt", "8:acs:a\n8:acs:b\n8:acs:c\n");
    let mut command = server.az(&home);
    command.args(["communication", "user-identity", "token", "revoke-batch", "--users-from", "users.txt"]);
    let seen = run(command.args(["--yes", "--concurrency", "3"]));
    assert_eq!(seen.code, Some(1), "{seen:?}");
    let mut said: Vec<&str> =
        seen.stderr.lines().filter(|line| line.ends_with(" The request is sent again.")).collect();
    let all = said.len();
    said.sort_unstable();
    said.dedup();
    assert!(all > 0 && said.len() == all, "{seen:?}");
    assert!(said.iter().all(|line| line.starts_with("WARNING: 8:acs:")), "{seen:?}");
}
