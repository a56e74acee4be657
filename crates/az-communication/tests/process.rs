//! `emulator start` and `emulator run` as processes: signals, files, limits, environment.
#![cfg(target_os = "linux")]

mod support;

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use support::emulator::Emulator;
use support::{AZ, Folder, az};

/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

fn run_words(script: &str) -> [&str; 7] {
    ["communication", "emulator", "run", "--", "sh", "-c", script]
}

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill -{signal} {pid}");
}

/// Waits for a child, and kills it when it takes too long.
fn wait(child: &mut Child) -> ExitStatus {
    let mut ended = None;
    let end = Instant::now() + LIMIT;
    while ended.is_none() && Instant::now() < end {
        ended = child.try_wait().unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    ended.unwrap_or_else(|| {
        let _ = child.kill();
        panic!("process {} did not end", child.id());
    })
}

/// The folders of runs in the folder for temporary files.
fn run_folders(home: &Folder) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains("az-communication-emulator-")).collect()
}

/// A run whose command has said that it is ready.
fn ready(command: &mut Command) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    (child, stdout)
}

#[test]
fn every_signal_that_ends_a_process_is_passed_on_to_the_command() {
    for signal in ["HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "TERM", "XCPU", "VTALRM", "PROF", "IO", "PWR"] {
        let home = Folder::new();
        let script = format!("trap 'echo told; exit 7' {signal}; echo ready; while :; do sleep 0.02; done");
        let (mut child, mut stdout) = ready(az(&home).args(run_words(&script)));
        kill(signal, child.id());
        let status = wait(&mut child);
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!((status.code(), rest.as_str()), (Some(7), "told\n"), "SIG{signal}");
        assert_eq!(run_folders(&home), [] as [PathBuf; 0], "SIG{signal}");
    }
}

#[test]
fn a_run_ends_by_the_signal_that_ended_its_command() {
    for signal in ["USR2", "HUP"] {
        let home = Folder::new();
        let (mut child, _stdout) = ready(az(&home).args(run_words("echo ready; exec sleep 60")));
        kill(signal, child.id());
        let status = wait(&mut child);
        let number = if signal == "HUP" { 1 } else { 12 };
        assert_eq!(status.signal(), Some(number), "SIG{signal}");
        assert_eq!(run_folders(&home), [] as [PathBuf; 0], "SIG{signal}");
    }
}

#[test]
fn a_signal_in_the_first_moments_leaves_neither_command_nor_folder() {
    let home = Folder::new();
    for step in 0..24 {
        let note = home.path().join("child");
        let script = format!("echo $$ > {}; exec sleep 60", note.display());
        let mut child = az(&home).args(run_words(&script)).stdin(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(step * step / 2));
        kill(if step % 2 == 0 { "TERM" } else { "USR1" }, child.id());
        let status = wait(&mut child);
        assert!(status.signal().is_some(), "step {step}: {status:?}");
        assert_eq!(run_folders(&home), [] as [PathBuf; 0], "step {step}");
        if let Ok(pid) = std::fs::read_to_string(&note) {
            assert!(!Path::new("/proc").join(pid.trim()).exists(), "step {step}: the command lives");
            std::fs::remove_file(&note).unwrap();
        }
    }
}

#[test]
fn the_next_run_removes_what_a_killed_one_left_and_nothing_else() {
    let home = Folder::new();
    let (mut killed, _stdout) = ready(az(&home).args(run_words("echo ready; exec sleep 60")));
    let left = run_folders(&home);
    assert_eq!(left.len(), 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let (mut living, _stdout) = ready(az(&home).args(run_words("echo ready; exec sleep 60")));
    let dead = killed.id();
    let make = |name: &str, mode: u32, file: &str| {
        let path = home.path().join(name);
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join(file), "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let kept = [
        make(&format!("az-communication-emulator-{dead}-7"), 0o755, "ca.pem"),
        make(&format!("az-communication-emulator-{dead}-8"), 0o700, "thesis.txt"),
        make(&format!("az-communication-emulator-{}-9", std::process::id()), 0o700, "ca.pem"),
        make("az-communication-emulator-0-1", 0o700, "ca.pem"),
        make("az-communication-emulator-mine", 0o700, "ca.pem"),
    ];
    let link = home.path().join(format!("az-communication-emulator-{dead}-10"));
    let target = make("elsewhere", 0o700, "ca.pem");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let without_lock = make(&format!("az-communication-emulator-{dead}-11"), 0o700, "ca.pem");
    let before = run_folders(&home).len();
    assert!(az(&home).args(run_words("true")).status().unwrap().success());
    assert!(!left[0].exists() && !without_lock.exists());
    assert!(kept.iter().all(|path| path.exists()) && target.join("ca.pem").exists() && link.exists());
    // Those of the living run and of others.
    assert_eq!(run_folders(&home).len(), before - 1 - usize::from(before > kept.len() + 3));
    kill("TERM", living.id());
    wait(&mut living);
}

#[test]
fn as_process_1_a_run_waits_for_orphans_and_passes_signals_on() {
    let home = Folder::new();
    let unshared = |script: &str| {
        let mut command = az(&home);
        let words = run_words(script);
        let environment: Vec<_> =
            command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
        command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", AZ]).args(words).env_clear();
        command.envs(environment).current_dir(home.path());
        command
    };
    if !Command::new("unshare")
        .args(["-U", "-r", "-p", "-f", "--mount-proc", "true"])
        .status()
        .is_ok_and(|s| s.success())
    {
        eprintln!("skipped: no user namespaces here");
        return;
    }
    // The shell between ends first, so that its own child becomes one of process 1.
    let script = "sh -c 'sleep 0.01 & exit 0'; sh -c 'sleep 0.02 & exit 0'; n=9; i=0; \
                  while [ $n != 0 ] && [ $i -lt 500 ]; do sleep 0.05; i=$((i+1)); n=0; \
                  for p in /proc/[0-9]*; do grep -q '^State:.Z' $p/status 2>/dev/null && n=$((n+1)); done; done; echo zombies $n";
    let output = unshared(script).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "zombies 0\n", "{}", String::from_utf8_lossy(&output.stderr));
    let output = unshared("kill -USR1 1; sleep 60").output().unwrap();
    assert_eq!(output.status.code(), Some(128 + 10));
    assert_eq!(run_folders(&home), [] as [PathBuf; 0]);
}

fn ignoring(signals: &str, home: &Folder, words: &[&str]) -> Command {
    let plain = az(home);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("trap '' {signals}; exec \"$@\""), "sh", AZ]).args(words).env_clear();
    command.envs(plain.get_envs().map(|(name, value)| (name, value.unwrap()))).current_dir(home.path());
    command
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let home = Folder::new();
    // For the program that runs in it, and for the run itself.
    let script = "grep SigIgn /proc/self/status; echo ready; read line";
    let mut child = ignoring("INT HUP USR2", &home, &run_words(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let set = lines.next().unwrap();
    let set = u64::from_str_radix(set.split_whitespace().nth(1).unwrap(), 16).unwrap();
    assert_eq!(set & 0b1000_0000_0011, 0b1000_0000_0011, "{set:x}");
    assert_eq!(lines.next().as_deref(), Some("ready"));
    for signal in ["INT", "HUP", "USR2"] {
        kill(signal, child.id());
    }
    drop(child.stdin.take());
    assert_eq!(wait(&mut child).code(), Some(1), "`read` meets the end");
    // For a command that waits, and for one that serves.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let string = format!("endpoint=https://127.0.0.1:{};accesskey=a2V5", listener.local_addr().unwrap().port());
    let words = ["communication", "identity", "user", "create", "--connection-string", &string];
    let mut child = ignoring("INT", &home, &words).stderr(Stdio::null()).spawn().unwrap();
    let (_connection, _) = listener.accept().unwrap();
    kill("INT", child.id());
    std::thread::sleep(Duration::from_millis(50));
    assert!(child.try_wait().unwrap().is_none(), "it waits on");
    kill("TERM", child.id());
    assert_eq!(wait(&mut child).signal(), Some(15));
}

#[test]
fn a_program_that_takes_our_place_finds_signals_as_we_did() {
    let home = Folder::new();
    let other = home.write("bin/az", "#!/bin/sh\ngrep SigIgn /proc/self/status\n");
    std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o755)).unwrap();
    for words in [&["account", "show"][..], &["communication", "sms", "send"]] {
        let mut command = ignoring("INT", &home, words);
        let path = format!("{}:/usr/bin:/bin", other.parent().unwrap().display());
        let output = command.env("PATH", path).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let set = stdout.split_whitespace().nth(1).unwrap_or_else(|| panic!("{words:?}: {stdout}"));
        assert_eq!(u64::from_str_radix(set, 16).unwrap() & 2, 2, "{words:?}");
    }
}

#[test]
fn an_interrupt_ends_start_however_early_it_comes() {
    let home = Folder::new();
    for step in 0..16 {
        let mut child = az(&home)
            .args(["communication", "emulator", "start", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(step * 5));
        kill("INT", child.id());
        let status = wait(&mut child);
        assert!(matches!(status.code(), Some(0 | 130)) || status.signal() == Some(2), "step {step}: {status:?}");
    }
}

#[test]
fn start_in_memory_leaves_no_folder_whatever_ends_it() {
    for (signal, code) in [("TERM", Some(0)), ("INT", Some(0)), ("HUP", None), ("USR1", None), ("QUIT", None)] {
        let home = Folder::new();
        let mut child = az(&home)
            .args(["communication", "emulator", "start", "--port", "0", "--in-memory"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(run_folders(&home).len(), 1);
        kill(signal, child.id());
        assert_eq!(wait(&mut child).code(), code, "SIG{signal}");
        assert_eq!(run_folders(&home), [] as [PathBuf; 0], "SIG{signal}");
    }
}

/// `user create` against an emulator, with nothing but its connection string.
fn create_user(home: &Folder, connection_string: &str) -> std::process::Output {
    let mut command = az(home);
    command.args(["communication", "user-identity", "user", "create", "--only-show-errors"]);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection_string).output().unwrap()
}

#[test]
fn az_trusts_the_emulator_of_its_own_data_folder_on_this_machine() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let string = emulator.connection_string();
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"] {
        let output = create_user(&home, &string.replace("localhost", host));
        assert!(output.status.success(), "{host}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn az_does_not_trust_an_authority_that_others_could_have_put_there() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let string = emulator.connection_string();
    let ca = emulator.ca_certificate();
    let refused = |home: &Folder| {
        let output = create_user(home, &string);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("it was issued by an unknown authority"), "{stderr}");
    };
    refused(&Folder::new());
    std::fs::set_permissions(&ca, std::fs::Permissions::from_mode(0o620)).unwrap();
    refused(&home);
    std::fs::set_permissions(&ca, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(create_user(&home, &string).status.success());
}
