//! Tests that signals reach the command, end the right processes, and stay ignored if they were ignored.

use super::*;

#[test]
fn every_signal_that_ends_a_process_is_passed_on_to_the_command() {
    const SIGNALS: [&str; 12] =
        ["HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "XCPU", "VTALRM", "PROF", "IO", "PWR", "TERM"];
    let home = Folder::new();
    let traps: String = SIGNALS.iter().map(|signal| format!("trap 'echo {signal}' {signal}; ")).collect();
    let script = format!("{traps} trap 'echo TERM; exit 7' TERM; echo ready; while :; do sleep 0.02; done");
    let (mut child, lines) = ready(az(&home).args(run_words(&script)));
    for signal in SIGNALS {
        kill(signal, child.id());
        assert_eq!(lines.next().as_deref(), Some(signal));
    }
    assert_eq!(wait(&mut child).code(), Some(7));
    assert_eq!(run_folders(&home), [] as [PathBuf; 0]);
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
    for step in 0..8 {
        let note = home.path().join("child");
        let script = format!("echo $$ > {}; exec sleep 60", note.display());
        let mut child = az(&home).args(run_words(&script)).stdin(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(step * step * 5));
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
fn as_process_1_a_run_waits_for_orphans_and_passes_signals_on() {
    let home = Folder::new();
    let unshared = |script: &str| {
        let mut command = other_program("unshare", &home);
        command.args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", AZ]).args(run_words(script));
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
    // The shell in between ends first, so its child becomes a child of process 1.
    let script = "sh -c 'sleep 0.01 & exit 0'; sh -c 'sleep 0.02 & exit 0'; n=9; i=0; \
                  while [ $n != 0 ] && [ $i -lt 500 ]; do sleep 0.05; i=$((i+1)); n=0; \
                  for p in /proc/[0-9]*; do grep -q '^State:.Z' $p/status 2>/dev/null && n=$((n+1)); done; done; echo zombies $n";
    let output = unshared(script).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "zombies 0\n", "{}", String::from_utf8_lossy(&output.stderr));
    let output = unshared("kill -USR1 1; sleep 60").output().unwrap();
    assert_eq!(output.status.code(), Some(128 + 10));
    assert_eq!(run_folders(&home), [] as [PathBuf; 0]);
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let home = Folder::new();
    // This applies to the program in the run and to the run itself.
    let script = "grep SigIgn /proc/self/status; echo ready; read line";
    let mut child = ignoring("INT HUP USR2", &home, &run_words(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = Lines::of(child.stdout.take().unwrap());
    let set = lines.next().unwrap();
    let set = u64::from_str_radix(set.split_whitespace().nth(1).unwrap(), 16).unwrap();
    assert_eq!(set & 0b1000_0000_0011, 0b1000_0000_0011, "{set:x}");
    assert_eq!(lines.next().as_deref(), Some("ready"));
    for signal in ["INT", "HUP", "USR2"] {
        kill(signal, child.id());
    }
    drop(child.stdin.take());
    assert_eq!(wait(&mut child).code(), Some(1), "`read` meets the end");
    // This applies to a command that waits and to a command that serves.
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
    let other = home.program("bin/az", "#!/bin/sh\ngrep SigIgn /proc/self/status\n");
    for words in [&["account", "show"][..], &["communication", "sms", "send"]] {
        let mut command = ignoring("INT", &home, words);
        let path = format!("{}:/usr/bin:/bin", other.parent().unwrap().display());
        let output = command.env("PATH", path).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let set = stdout.split_whitespace().nth(1).unwrap_or_else(|| panic!("{words:?}: {stdout}"));
        assert_eq!(u64::from_str_radix(set, 16).unwrap() & 2, 2, "{words:?}");
    }
}

/// The run has its own session and terminal.
#[test]
fn what_is_typed_reaches_the_command_once() {
    let home = Folder::new();
    let (mut terminal, stdin) = open();
    // `setsid --ctty` gives the terminal to the new session. The shell is then the foreground process group.
    let script = "n=0; trap 'n=$((n+1)); echo told $n' INT; echo ready; read line; read line; echo end $n";
    let mut command = other_program("setsid", &home);
    command.args(["--ctty", AZ]).args(run_words(script));
    let mut child = command.stdin(stdin).stdout(Stdio::piped()).spawn().unwrap();
    drop(command);
    let lines = Lines::of(child.stdout.take().unwrap());
    assert_eq!(lines.next().as_deref(), Some("ready"));
    // First Ctrl-C is typed, then a signal is sent only to the run.
    terminal.write_all(b"\x03").unwrap();
    assert_eq!(lines.next().as_deref(), Some("told 1"));
    kill("INT", child.id());
    assert_eq!(lines.next().as_deref(), Some("told 2"));
    terminal.write_all(b"\n\n").unwrap();
    assert_eq!(lines.next().as_deref(), Some("end 2"));
    assert!(wait(&mut child).success());
}

#[test]
fn an_interrupt_ends_start_however_early_it_comes() {
    let home = Folder::new();
    for step in 0..10 {
        let mut child = az(&home)
            .args(["communication", "emulator", "start", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(step * 8));
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
        assert!(Lines::of(child.stdout.take().unwrap()).next().is_some());
        assert_eq!(run_folders(&home).len(), 1);
        kill(signal, child.id());
        assert_eq!(wait(&mut child).code(), code, "SIG{signal}");
        assert_eq!(run_folders(&home), [] as [PathBuf; 0], "SIG{signal}");
    }
}
