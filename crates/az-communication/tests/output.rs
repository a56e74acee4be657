//! Output that cannot be written: it is found before anything is sent where that is possible, and never passed over.
#![cfg(unix)]

mod support;

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use support::replay::Server;
use support::terminal::{Collector, open};
use support::tls::CERTIFICATE;
use support::{AZ, Folder, az};

const ISSUE: [&str; 6] = ["communication", "user-identity", "token", "issue", "--scope", "chat"];
const CLOSED: &str = "ERROR: stdout cannot be written: it is closed, or not open for writing.\n";
const FULL: &str = "ERROR: stdout cannot be written: No space left on device.\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A service that issues a token, and how many requests it got.
fn service() -> Server {
    let body = json!({
        "identity": {"id": "8:acs:a_b"},
        "accessToken": {"token": "e30.e30.e30", "expiresOn": "2026-11-24T02:26:58+00:00"},
    });
    let answer = json!({"status": 201, "headers": {"content-type": "application/json"}, "body": body});
    Server::start(vec![answer])
}

/// `az` through a shell, with these redirections.
fn redirected(home: &Folder, server: &Server, words: &[&str], redirections: &str) -> Output {
    home.write("ca.pem", CERTIFICATE);
    let endpoint = format!("endpoint=https://localhost:{}/;accesskey=d3Jvbmcga2V5", server.port);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &format!("exec \"$0\" \"$@\" {redirections}"), AZ]).args(words);
    for (name, value) in az(home).get_envs() {
        shell.env(name, value.unwrap());
    }
    shell.env("REQUESTS_CA_BUNDLE", home.path().join("ca.pem")).env("AZURE_COMMUNICATION_CONNECTION_STRING", endpoint);
    shell.current_dir(home.path()).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn nothing_is_sent_where_stdout_cannot_be_written() {
    let home = Folder::new();
    for (redirections, error) in [
        (">&-", CLOSED),
        ("<&- >&-", CLOSED),
        ("1</dev/null", CLOSED),
        ("1</etc/passwd", CLOSED),
        (">/dev/full", FULL),
        ("1<>/dev/full", FULL),
    ] {
        let server = service();
        let output = redirected(&home, &server, &ISSUE, redirections);
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(1), error), "{redirections}");
        assert_eq!(server.requests().len(), 0, "{redirections}");
    }
}

#[test]
fn a_stdout_that_drops_everything_is_not_a_closed_one() {
    let home = Folder::new();
    for redirections in [">/dev/null", "1<>/dev/null", ">/dev/null 2>&1 </dev/null", ">>/dev/null", "2>&- >/dev/null"] {
        let server = service();
        let output = redirected(&home, &server, &ISSUE, redirections);
        assert_eq!((output.status.code(), server.requests().len()), (Some(0), 1), "{redirections}: {output:?}");
    }
    // As Python's subprocess.DEVNULL is opened.
    let server = service();
    let null = || OpenOptions::new().read(true).write(true).open("/dev/null").unwrap();
    home.write("ca.pem", CERTIFICATE);
    let status = az(&home)
        .args(ISSUE)
        .env("REQUESTS_CA_BUNDLE", home.path().join("ca.pem"))
        .env(
            "AZURE_COMMUNICATION_CONNECTION_STRING",
            format!("endpoint=https://localhost:{}/;accesskey=d3Jvbmcga2V5", server.port),
        )
        .stdin(null())
        .stdout(null())
        .stderr(null())
        .status()
        .unwrap();
    assert_eq!((status.code(), server.requests().len()), (Some(0), 1));
}

#[test]
fn a_command_without_output_needs_no_stdout() {
    let home = Folder::new();
    let server = service();
    let words = [&ISSUE[..], &["-o", "none"]].concat();
    let output = redirected(&home, &server, &words, ">&-");
    assert_eq!((output.status.code(), server.requests().len()), (Some(0), 1), "{output:?}");
}

#[test]
fn a_command_that_shows_nothing_needs_no_stdout() {
    let home = Folder::new();
    for redirections in [">&-", ">/dev/full"] {
        let server = Server::start(vec![json!({"status": 204})]);
        let words = ["communication", "user-identity", "token", "revoke", "--yes", "--user", "8:acs:a_b"];
        let output = redirected(&home, &server, &words, redirections);
        assert_eq!((output.status.code(), server.requests().len()), (Some(0), 1), "{redirections}: {output:?}");
    }
}

#[test]
fn each_command_says_in_one_line_that_its_output_cannot_be_written() {
    let home = Folder::new();
    let server = service();
    let commands: [&[&str]; 11] = [
        &["-h"],
        &[],
        &["--version"],
        &["version"],
        &["communication", "-h"],
        &["communication", "emulator", "-h"],
        &["communication", "user-identity", "token", "issue", "-h"],
        &["communication", "completion", "bash"],
        &["communication", "completion", "fish"],
        &["communication", "user-identity", "token", "inspect", "--token", "e30.e30.e30"],
        &["communication", "doctor"],
    ];
    for words in commands {
        for (redirections, error) in [(">/dev/full", FULL), (">&-", CLOSED)] {
            let output = redirected(&home, &server, words, redirections);
            let stderr = text(&output.stderr);
            assert_eq!((output.status.code(), stderr.as_str()), (Some(1), error), "{words:?} {redirections}");
        }
    }
}

#[test]
fn the_summary_of_a_batch_is_checked_before_anything_is_sent() {
    let home = Folder::new();
    let server = service();
    let words = "communication user-identity token issue-batch --scope chat --count 2 --out-file tokens.jsonl";
    let words: Vec<&str> = words.split(' ').collect();
    let output = redirected(&home, &server, &words, ">&-");
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(1), CLOSED));
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_full_disk_is_found_before_anything_is_sent() {
    let home = Folder::new();
    let server = service();
    // A disk of its own needs root, and a kernel that allows it.
    let with_disk = "mount -t tmpfs -o size=64k disk \"$HOME/disk\" || exit 77; head -c 65536 /dev/zero > \"$HOME/disk/x\" 2>/dev/null; ";
    std::fs::create_dir(home.path().join("disk")).unwrap();
    home.write("ca.pem", CERTIFICATE);
    let mut command = Command::new("/usr/bin/unshare");
    command
        .args(["-m", "/bin/sh", "-c", &format!("{with_disk} exec \"$0\" \"$@\" > \"$HOME/disk/out\""), AZ])
        .args(ISSUE);
    for (name, value) in az(&home).get_envs() {
        command.env(name, value.unwrap());
    }
    command.env("REQUESTS_CA_BUNDLE", home.path().join("ca.pem")).env(
        "AZURE_COMMUNICATION_CONNECTION_STRING",
        format!("endpoint=https://localhost:{}/;accesskey=d3Jvbmcga2V5", server.port),
    );
    let output = match command.output() {
        Ok(output) if output.status.code() == Some(1) && text(&output.stderr).starts_with("unshare") => None,
        Ok(output) if output.status.code() == Some(77) => None,
        Ok(output) => Some(output),
        Err(_) => None,
    };
    let Some(output) = output else {
        println!("a_full_disk_is_found_before_anything_is_sent: skipped, because no disk can be mounted here");
        return;
    };
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(1), FULL));
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_non_blocking_stdout_gets_everything() {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let home = Folder::new();
    let (reader, writer) = std::io::pipe().unwrap();
    fcntl_setfl(&writer, fcntl_getfl(&writer).unwrap() | OFlags::NONBLOCK).unwrap();
    // More than the pipe holds.
    let mut filler = File::from(std::os::fd::OwnedFd::from(writer.try_clone().unwrap()));
    while filler.write(&[b'x'; 4096]).is_ok() {}
    let mut command = az(&home);
    let mut child = command.args(["communication", "completion", "bash"]).stdout(writer).spawn().unwrap();
    drop((command, filler));
    let collector = Collector::new(reader);
    let status = child.wait().unwrap();
    assert!(status.success());
    let plain = az(&home).args(["communication", "completion", "bash"]).output().unwrap();
    assert!(collector.finish().trim_start_matches('x') == text(&plain.stdout));
}

#[test]
fn a_reader_that_has_gone_away_is_not_an_error() {
    let home = Folder::new();
    for words in [&["communication", "-h"][..], &["communication", "completion", "bash"], &["--version"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = az(&home).args(words).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{words:?}");
    }
}

#[test]
fn an_answer_that_is_not_utf_8_is_asked_for_again() {
    let home = Folder::new();
    let ((mut keyboard, stdin), (out, stdout)) = (open(), open());
    let mut command = az(&home);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://localhost:1/;accesskey=d3Jvbmcga2V5");
    command.args(["communication", "user-identity", "user", "delete", "--user", "8:acs:a_b"]);
    let mut child = command.stdin(stdin).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let out = Collector::new(out);
    let asked = |times: usize| {
        let started = Instant::now();
        while out.so_far().matches("(y/n): ").count() < times {
            assert!(started.elapsed() < Duration::from_secs(30), "{}", out.so_far());
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    asked(1);
    keyboard.write_all(b"\xff\n").unwrap();
    asked(2);
    keyboard.write_all(b"y\xfe\n").unwrap();
    asked(3);
    keyboard.write_all(b"n\n").unwrap();
    let status = child.wait().unwrap();
    let mut stderr = String::new();
    std::io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut stderr).unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(stderr.ends_with("ERROR: Operation cancelled.\n"), "{stderr}");
}
