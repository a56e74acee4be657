//! The file of `emulator export`: what may be written, and what a failure leaves.

use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use acs_identity_emulator::check_export;
use insta::assert_snapshot;

use super::state::fill;
use super::support::canned;
use super::support::emulator::Emulator;
use super::support::whole_state::grown;
use super::*;

fn stdout_of(command: &mut Command) -> Vec<u8> {
    let done = command.stderr(Stdio::inherit()).output().unwrap();
    assert!(done.status.success());
    done.stdout
}

#[test]
fn an_export_to_a_pipe_is_written_to_it_and_an_export_to_a_link_to_its_file() {
    let world = World::alone();
    fill(&world);
    for file in ["-", "/dev/stdout", "/dev/fd/1"] {
        let content = stdout_of(of(&world, "export").arg(file));
        assert_eq!(check_export(&content).unwrap().identities, 1, "{file}");
        assert!(!world.home.path().join("-").exists());
    }
    let at = |name: &str| world.home.path().join(name);
    assert!(Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
    let fifo = at("fifo");
    let reader = std::thread::spawn(move || std::fs::read(fifo).unwrap());
    assert_eq!(run(of(&world, "export").arg(at("fifo"))).code, Some(0));
    assert_eq!(check_export(&reader.join().unwrap()).unwrap().identities, 1);
    std::os::unix::fs::symlink("state.jsonl", at("link")).unwrap();
    assert_eq!(run(of(&world, "export").arg(at("link"))).code, Some(0));
    assert_eq!(check_export(&std::fs::read(at("state.jsonl")).unwrap()).unwrap().identities, 1);
    assert!(std::fs::symlink_metadata(at("link")).unwrap().is_symlink());
}

#[test]
fn an_export_into_a_data_folder_is_refused() {
    let home = Folder::new();
    let start = |options: &[&str]| Emulator::start(&home, &[&["--data-dir", "data"], options].concat());
    let emulator_of_folder = start(&[]);
    let port = emulator_of_folder.port();
    assert_snapshot!(run(&mut emulator(&home, &format!("export data/identities.db --port {port}"))), @"
    exit 1
    --- stderr
    ERROR: The export cannot be written to data/identities.db: it is in a data folder, which is only for the emulator's own files.
    ");
    drop(emulator_of_folder);
    let refused = |words: &str| run(&mut emulator(&home, &format!("start --port 0 {words}"))).to_string();
    let said = [
        "--data-dir data --export-on-exit data/lock",
        "--in-memory --export-on-exit data/state.jsonl",
        "--in-memory --export-on-exit -",
        "--in-memory --ready-file same --export-on-exit ./same",
    ]
    .map(refused);
    assert_snapshot!(said.join("\n"), @"
    exit 2
    --- stderr
    ERROR: --export-on-exit names 'data/lock', which cannot be written: it is in a data folder, which is only for the emulator's own files.

    exit 2
    --- stderr
    ERROR: --export-on-exit names 'data/state.jsonl', which cannot be written: it is in a data folder, which is only for the emulator's own files.

    exit 2
    --- stderr
    ERROR: --export-on-exit names '-', which cannot be written: stdout has other output.

    exit 2
    --- stderr
    ERROR: --export-on-exit and --ready-file name the same file, './same'.
    ");
    drop(start(&[]));
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_the_former_one_stays() {
    let world = World::alone();
    assert_snapshot!(shows(&world, &mut of(&world, "export none/state.jsonl")), @"
    exit 1
    --- stderr
    ERROR: The export cannot be written to none/state.jsonl: No such file or directory.
    ");
    assert_snapshot!(run(&mut emulator(&world.home, "export")), @"
    exit 2
    --- stderr
    ERROR: the following arguments are required: FILE

    Examples from command's help:
    az communication emulator export state.jsonl
    Keep the state of an emulator

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
    assert_snapshot!(run(&mut emulator(&world.home, "import a b")), @"
    exit 2
    --- stderr
    ERROR: unrecognized arguments: b

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
}

/// Returns whether the file system has files without a name.
fn has_nameless(folder: &Path) -> bool {
    use rustix::fs::{Mode, OFlags, open};
    open(folder, OFlags::TMPFILE | OFlags::WRONLY, Mode::RUSR | Mode::WUSR).is_ok()
}

#[test]
fn a_killed_export_leaves_the_former_file_or_the_whole_new_one() {
    let world = World::alone();
    let file = world.home.path().join("state.jsonl");
    assert_eq!(run(of(&world, "export").arg(&file)).code, Some(0));
    let (kills, identities) = if std::env::var_os("AZ_LONG").is_some() { (100, 100_000) } else { (6, 1_000) };
    std::fs::write(&file, grown(&std::fs::read(&file).unwrap(), identities)).unwrap();
    assert_eq!(run(of(&world, "import").arg(&file)).code, Some(0));
    let started = Instant::now();
    assert_eq!(run(of(&world, "export").arg(&file)).code, Some(0));
    let takes = started.elapsed();
    let (mut replaced, mut lefts) = (0, 0);
    let has_nameless = has_nameless(world.home.path());
    for number in 0..kills {
        world.ok(&format!("user create --custom-id {number}-{}", "x".repeat(200)));
        let before = std::fs::read(&file).unwrap();
        let mut child = of(&world, "export").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(takes * (number % 12) / 10);
        let _ = child.kill();
        let ended = child.wait().unwrap();
        let after = std::fs::read(&file).unwrap();
        assert!(after == before || check_export(&after).is_ok(), "kill {number}");
        assert!(after != before || !ended.success(), "success means that the file is new");
        if let Ok(left) = std::fs::read(world.home.path().join(".state.jsonl.new")) {
            assert!(!has_nameless || check_export(&left).is_ok(), "kill {number} left a part of an export");
            lefts += 1;
        }
        replaced += u32::from(after != before);
    }
    println!(
        "{replaced} of {kills} exports of {identities} identities were complete before the kill, {lefts} left a file"
    );
}

/// Answers one request with these bytes, and then closes the connection. Returns the port.
fn answering(answer: String) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        // The command first asks whether the server responds at all.
        let alive = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        for answer in [alive, &answer] {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            canned::read(&mut stream).unwrap();
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    port
}

#[test]
fn an_export_that_does_not_arrive_completely_leaves_the_former_file() {
    let home = Folder::new();
    let file = home.write("state.jsonl", "former");
    let head = "HTTP/1.1 200 OK\r\nemulator-control-version: 2026-11-26\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut said = Vec::new();
    for answer in [
        format!("{head}3\r\n{{\"k\r\n"),
        format!("{head}3\r\n{{\"k\r\n0\r\n\r\n"),
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}\n".to_owned(),
    ] {
        let port = answering(answer);
        let mut export = emulator(&home, "export");
        let seen = run(export.arg(&file).args(["--port", &port.to_string()]));
        said.push(seen.hiding(format!("localhost:{port}"), "localhost:PORT").to_string());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "former");
        assert!(!home.path().join(".state.jsonl.new").exists());
    }
    assert_snapshot!(said.join("\n"), @"
    exit 1
    --- stderr
    ERROR: The response of localhost:PORT was cut off.
    Hint: The outcome is unknown: the service may have carried the request out. --debug shows the exchange.

    exit 1
    --- stderr
    ERROR: The export cannot be used: it is not an export of the emulator.

    exit 1
    --- stderr
    ERROR: The server at http://localhost:PORT is not an emulator with a control API (status 200).
    Hint: Check the port and the endpoint. An emulator of an earlier version cannot be steered.
    ");
}
