//! Tests of limits of the system.

use super::*;

/// Returns `az` with these words under a limit of the shell.
fn limited(limit: &str, home: &Folder, words: &str) -> Command {
    let mut command = other_program("sh", home);
    command.args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\""), AZ, "communication"]).args(words.split(' '));
    command
}

#[test]
fn a_umask_that_takes_everything_away_leaves_the_owner_a_whole_folder() {
    let home = Folder::new();
    let script = ": >ready; umask 777; \"$0\" communication emulator start --port 0 >>ready & \
                  i=0; until [ -s ready ] || [ $i = 400 ]; do sleep 0.05; i=$((i+1)); done; \
                  cat ready >&2; kill $!; wait $!; stat -c '%a %n' .azure .azure/*/*; \
                  \"$0\" communication emulator run -- sh -c 'test -s $SSL_CERT_FILE && echo readable'";
    for _ in 0..2 {
        let Some(output) = as_nobody(&home, script) else { return };
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(stderr.contains("connectionString") && !stderr.contains("ERROR"), "{stderr}");
        assert!(stdout.starts_with("700 .azure\n") && stdout.ends_with("readable\n"), "{stdout}{stderr}");
        let is_usual = |line: &&str| line.starts_with(if line.ends_with(".pem") { "644 " } else { "600 " });
        let others: Vec<&str> = stdout.lines().skip(1).filter(|line| !is_usual(line)).collect();
        assert_eq!(others, ["readable"], "{stdout}");
    }
}

#[test]
fn without_another_thread_the_emulator_still_serves() {
    let home = Folder::new();
    for limit in [1, 4] {
        // The limit counts all processes of the user: this shell, az, and the processes that the shell starts.
        let script = format!(
            "rm -f ready said; \"$0\" communication emulator start --in-memory --port 0 >ready 2>said & \
             i=0; until [ -s ready ] || [ -s said ] || [ $i = 400 ]; do sleep 0.05; i=$((i+1)); done; kill -0 $! && echo alive; \
             prlimit --pid $! --nproc={limit}; \
             curl -sS --cacert \"$(sed 's/.*caCertificate\":\"//; s/\".*//' ready)\" \
             \"$(sed 's/.*endpoint\":\"//; s/\".*//' ready)/.well-known/jwks.json\"; echo; kill $!; wait $!; cat said"
        );
        let Some(output) = as_nobody(&home, &script) else { return };
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(
            stdout.matches(r#""kid""#).count(),
            3,
            "limit {limit}: {stdout}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        // Here the limit applies from its start on.
        let script = format!(
            "rm -f ready2 said2; prlimit --nproc={limit} \"$0\" communication emulator start --in-memory --port 0 >ready2 2>said2 & \
             i=0; until [ -s ready2 ] || [ -s said2 ] || [ $i = 400 ]; do sleep 0.05; i=$((i+1)); done; \
             curl -sS \"$(sed 's/.*endpoint\":\"https/http/; s/\".*//' ready2)/.well-known/jwks.json\"; echo; kill $!; wait $!; \
             echo code $?; cat said2"
        );
        let Some(output) = as_nobody(&home, &script) else { return };
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(
            stdout.matches(r#""kid""#).count(),
            3,
            "limit {limit}: {stdout}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(stdout.ends_with("code 0\n"), "{stdout}");
    }
}

#[test]
fn a_first_start_without_another_thread_leaves_a_folder_that_the_next_start_accepts() {
    let home = Folder::new();
    let start = "rm -f ready said; prlimit --nproc=LIMIT \"$0\" communication emulator start --port 0 --data-dir data >ready 2>said & \
                 i=0; until [ -s ready ] || [ -s said ] || [ $i = 400 ]; do sleep 0.05; i=$((i+1)); done; \
                 kill $!; wait $!; echo code $?; cat said; grep -c connectionString ready";
    let Some(output) = as_nobody(&home, &start.replace("LIMIT", "1")) else { return };
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout).replace(&home.path().display().to_string(), "HOME"), @r"
    code 1
    ERROR: The emulator cannot start: HOME/data/identities.db cannot be used: Resource temporarily unavailable.
    Hint: This user or container cannot start more processes or threads. Raise the limit of the user (ulimit -u) or of the container (--pids-limit).
    Hint: Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir or --in-memory.
    0
    ");
    for _ in 0..2 {
        let output = as_nobody(&home, &start.replace("LIMIT", "100")).unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "code 0\n1\n");
    }
}

#[test]
fn a_limit_that_stops_the_emulator_is_named() {
    let home = Folder::new();
    for words in ["emulator start --port 0", "emulator start --port 0 --in-memory", "emulator run -- true"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(refusal(&mut limited("-n 4", &home, words)), @r"
            ERROR: The emulator cannot start: this process may open 4 files, and 32 are needed.
            Hint: Raise the limit: ulimit -n 1024
            ");
        }
    }
    let script = "exec prlimit --nproc=1 \"$0\" communication emulator run -- true";
    let Some(output) = as_nobody(&home, script) else { return };
    assert_eq!(output.status.code(), Some(126));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @r"
    ERROR: true cannot be run: Resource temporarily unavailable.
    Hint: This user or container cannot start more processes or threads. Raise the limit of the user (ulimit -u) or of the container (--pids-limit).
    ");
}

#[test]
fn what_the_limits_leave_is_enough() {
    let home = Folder::new();
    for (limit, words) in [("-n 32", "emulator start --port 0"), ("-v 300000", "emulator start --port 0 --in-memory")] {
        let emulator = Emulator::from_command(&mut limited(limit, &home, words));
        answers_as_it_says(&emulator);
        let mut clients: Vec<_> = (0..4).map(|_| emulator.client()).collect();
        for client in &mut clients {
            let user = client.create();
            assert_eq!(client.issue(&user).status, 200, "{limit} {words}");
        }
    }
}

#[test]
fn a_client_that_may_open_no_more_files_says_so() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let bundle = emulator.ready["caBundle"].as_str().unwrap();
    let folder = home.path().join("certs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(bundle, folder.join("5ed36f99.0")).unwrap();
    let mut refused = 0;
    for limit in 3..7 {
        for trusted in ["", bundle, folder.to_str().unwrap()] {
            let words = "user-identity user create --only-show-errors";
            let mut command = limited(&format!("-n {limit}"), &home, words);
            command.env("REQUESTS_CA_BUNDLE", trusted);
            let output =
                command.env("AZURE_COMMUNICATION_CONNECTION_STRING", emulator.connection_string()).output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            if !output.status.success() {
                refused += 1;
                assert!(
                    stderr.contains("Too many open files.\n") && stderr.contains("ulimit -n"),
                    "{limit} {trusted}: {stderr}"
                );
            }
        }
    }
    assert!((2..12).contains(&refused), "{refused}");
}

#[test]
fn a_name_is_not_looked_up_where_too_few_files_may_be_opened() {
    let home = Folder::new();
    for limit in 4..10 {
        let mut command = limited(&format!("-n {limit}"), &home, "identity user create --only-show-errors");
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://nobody.example/;accesskey=a2V5");
        insta::allow_duplicates! {
            insta::assert_snapshot!(refusal(&mut command), @r"
            ERROR: The host 'nobody.example' cannot be looked up: Too many open files.
            Hint: This process cannot open more files. Raise the limit: ulimit -n 1024
            ");
        }
    }
}

#[test]
fn a_small_stack_is_enough() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut command = limited("-s 64", &home, "identity user create --only-show-errors");
    command.env("REQUESTS_CA_BUNDLE", emulator.ca_certificate());
    let output = command.env("AZURE_COMMUNICATION_CONNECTION_STRING", emulator.connection_string()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
