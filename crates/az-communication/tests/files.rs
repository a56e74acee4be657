//! Files that somebody names and that have no end, or that nobody writes to: nothing waits for ever or fills the memory.
#![cfg(unix)]

mod support;

use std::fs::File;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{AZ, Folder, az};

fn fifo(path: &Path) -> PathBuf {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    path.to_owned()
}

/// The exit code and what stood on stderr, within 60 seconds and 700 MB.
fn run(home: &Folder, words: &[&str], change: impl FnOnce(&mut Command)) -> (Option<i32>, String) {
    let mut command = Command::new("/usr/bin/timeout");
    command.args(["60", "/bin/sh", "-c", "ulimit -v 700000; exec \"$0\" \"$@\"", AZ]).args(words);
    command.env_clear().envs(az(home).get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(home.path()).stdin(Stdio::null());
    change(&mut command);
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).replace(home.path().to_str().unwrap(), "HOME");
    // The group is a preview.
    let lines = stderr.split_inclusive('\n').filter(|line| !line.contains("is in preview"));
    (output.status.code(), lines.collect())
}

const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJleHAiOjQxMDI0NDQ4MDB9.AAAA";
const VERIFY: [&str; 7] = ["communication", "user-identity", "token", "verify", "--token", TOKEN, "--jwks"];
const INSPECT: [&str; 6] = ["communication", "user-identity", "token", "inspect", "--token", TOKEN];
const DELETE: [&str; 7] =
    ["communication", "user-identity", "user", "delete-batch", "--yes", "--only-show-errors", "--users-from"];

fn with<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [words, more].concat()
}

#[test]
fn a_key_set_without_end_is_too_large_and_a_pipe_is_read() {
    let home = Folder::new();
    let (code, stderr) = run(&home, &with(&VERIFY, &["/dev/zero"]), |_| {});
    assert_eq!(
        (code, stderr.as_str()),
        (Some(1), "ERROR: The key set /dev/zero cannot be read: it is larger than 1 MiB.\n")
    );
    let key_set = home.write("jwks", r#"{"keys": []}"#);
    let pipe = fifo(&home.path().join("pipe"));
    let writer = std::thread::spawn(move || std::fs::write(pipe, std::fs::read(key_set).unwrap()));
    let (_, stderr) = run(&home, &with(&VERIFY, &["pipe"]), |_| {});
    assert!(!stderr.contains("cannot be read"), "{stderr}");
    writer.join().unwrap().unwrap();
}

#[test]
#[ignore = "waits 5 s for a writer, or reads much"]
fn a_fifo_that_nobody_writes_to_is_an_error() {
    let home = Folder::new();
    fifo(&home.path().join("pipe"));
    let why = "it is a FIFO, and nobody wrote to it within 5 s.";
    for words in [with(&VERIFY, &["pipe"]), with(&DELETE, &["pipe"]), with(&INSPECT[..4], &["--token", "@pipe"])] {
        let (code, stderr) = run(&home, &words, |command| {
            command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://127.0.0.1:1/;accesskey=AAAA");
        });
        assert!(code == Some(1) && stderr.contains(why) && stderr.contains("pipe"), "{words:?} {code:?} {stderr}");
    }
}

#[test]
fn a_config_file_that_is_not_one_is_left_out_with_a_warning() {
    for (name, why) in [("fifo", "it is a FIFO, not a file"), ("/dev/zero", "it is larger than 1 MiB")] {
        let home = Folder::new();
        let folder = home.path().join("config-folder");
        match name {
            "fifo" => drop(fifo(&folder.join("config"))),
            _ => {
                std::fs::create_dir_all(&folder).unwrap();
                symlink(name, folder.join("config")).unwrap();
            }
        }
        let (code, stderr) = run(&home, &INSPECT, |command| {
            command.env("AZURE_CONFIG_DIR", &folder);
        });
        let warning =
            format!("WARNING: The config file HOME/config-folder/config cannot be read, and is left out: {why}.\n");
        assert_eq!((code, stderr), (Some(0), warning));
    }
}

#[test]
fn a_profile_that_is_not_a_file_is_left_out_with_a_warning() {
    let home = Folder::new();
    let folder = home.path().join("config-folder");
    fifo(&folder.join("azureProfile.json"));
    let words = with(&INSPECT, &["--subscription", "x"]);
    let (code, stderr) = run(&home, &words, |command| {
        command.env("AZURE_CONFIG_DIR", &folder);
    });
    let why = "azureProfile.json cannot be read, and is left out: it is a FIFO, not a file.";
    assert!(code == Some(0) && stderr.contains(why), "{code:?} {stderr}");
}

#[test]
#[ignore = "waits 5 s for a writer, or reads much"]
fn files_of_a_login_name_their_variable() {
    let home = Folder::new();
    let words =
        ["communication", "identity", "token", "issue", "--scope", "chat", "--endpoint", "https://127.0.0.1:1/"];
    for variable in ["AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH"] {
        let (code, stderr) = run(&home, &words, |command| {
            let id = "11111111-1111-1111-1111-111111111111";
            command.env("AZURE_TENANT_ID", id).env("AZURE_CLIENT_ID", id).env(variable, "/dev/zero");
        });
        let is_named = stderr.contains(variable) && stderr.contains("it is larger than 1 MiB");
        assert!(code == Some(1) && is_named, "{variable} {code:?} {stderr}");
    }
}

#[test]
#[ignore = "waits 5 s for a writer, or reads much"]
fn a_list_of_users_without_end_is_too_large() {
    let home = Folder::new();
    for source in ["/dev/zero", "-"] {
        let (code, stderr) = run(&home, &with(&DELETE, &[source]), |command| {
            command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://127.0.0.1:1/;accesskey=AAAA");
            command.stdin(File::open("/dev/zero").unwrap());
        });
        let name = if source == "-" { "stdin" } else { source };
        let error = format!("ERROR: The users cannot be read from {name}: it is larger than 64 MiB.\n");
        assert!(code == Some(1) && stderr.starts_with(&error), "{code:?} {stderr}");
    }
}

#[test]
fn a_nul_byte_is_not_utf16() {
    let home = Folder::new();
    let error = |bytes: &[u8]| {
        home.write("users", bytes);
        run(&home, &with(&DELETE, &["users"]), |command| {
            command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://127.0.0.1:1/;accesskey=AAAA");
        })
        .1
    };
    assert!(error(b"8:acs:a\n8:acs:\0b\n").contains("from users: line 2 holds a NUL byte."));
    assert!(error(b"\0").contains("line 1 holds a NUL byte."));
    for utf16 in [&b"8\0:\0a\0\n\0"[..], b"\x008\0:\0a\0\n", b"\xff\xfe8\0:\0a\0"] {
        assert!(error(utf16).contains("it is UTF-16."), "{utf16:?}");
    }
}

#[test]
fn a_stdin_without_end_is_too_large_for_a_token() {
    let home = Folder::new();
    let (code, stderr) = run(&home, &INSPECT[..4], |command| {
        command.stdin(File::open("/dev/zero").unwrap());
    });
    let error = "ERROR: The token cannot be read from stdin: it is larger than 1 MiB.\n";
    assert_eq!((code, stderr.as_str()), (Some(1), error));
}

#[test]
#[ignore = "takes ten seconds: run scripts/test.sh"]
fn an_azure_cli_that_does_not_answer_is_killed() {
    let words =
        ["communication", "identity", "token", "issue", "--scope", "chat", "--endpoint", "https://127.0.0.1:1/"];
    let tests =
        ["echo $$ > pid; exec sleep 30", "echo $$ > pid; sleep 30", "echo $$ > pid; exec >&- 2>&-; exec sleep 30"];
    std::thread::scope(|scope| {
        for test in tests {
            scope.spawn(move || {
                let home = Folder::new();
                home.program("real/az", format!("#!/bin/sh\ncd '{}'\n{test}\n", home.path().display()));
                let (code, stderr) = run(&home, &words, |command| {
                    command.env("PATH", format!("{}:/usr/bin:/bin", home.path().join("real").display()));
                });
                assert!(
                    code == Some(1) && stderr.contains("az login: it did not answer within 10 s"),
                    "{code:?} {stderr}"
                );
                let process = std::fs::read_to_string(home.path().join("pid")).unwrap();
                let is_alive = Command::new("/bin/sh").args(["-c", "kill -0 $0 2>/dev/null", process.trim()]).status();
                assert!(!is_alive.unwrap().success(), "{test}");
            });
        }
    });
}

#[test]
fn without_proc_the_name_of_stdout_leads_to_the_dash() {
    let home = Folder::new();
    let shell = "umount -l /proc || exit 77; exec \"$0\" \"$@\"";
    let mut command = Command::new("/usr/bin/unshare");
    command.args(["-m", "/bin/sh", "-c", shell, AZ, "communication", "user-identity", "token", "issue-batch"]);
    command.args(["--scope", "chat", "--count", "1", "--only-show-errors", "--out-file", "/dev/stdout"]);
    command.env_clear().envs(az(&home).get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://127.0.0.1:1/;accesskey=AAAA");
    let output = command.stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) || stderr.contains("unshare") {
        println!("without_proc_the_name_of_stdout_leads_to_the_dash: skipped, because /proc cannot be unmounted here");
        return;
    }
    assert!(stderr.contains("it is a symbolic link into /proc, which is not there"), "{stderr}");
    assert!(stderr.contains("Hint: Give the path of a file, or - for stdout."), "{stderr}");
}
