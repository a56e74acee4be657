//! Tests of endless files and of FIFOs without a writer. Every command ends soon and needs little memory.

use super::*;
use crate::support::AZ;
use crate::support::seen::{each, seen};
use insta::assert_snapshot;
use std::fs::File;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

fn fifo(path: &Path) -> PathBuf {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    path.to_owned()
}

/// Returns a command line below `communication`, limited to 60 seconds and 700 MB.
fn limited(home: &Folder, line: &str) -> Command {
    let mut command = support::other_program("/usr/bin/timeout", home);
    command.args(["60", "/bin/sh", "-c", "ulimit -v 700000; exec \"$0\" \"$@\"", AZ, "communication"]);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://127.0.0.1:1/;accesskey=AAAA");
    command.args(line.split_whitespace());
    command
}

/// Runs such a command line.
fn shows(home: &Folder, line: &str) -> Seen {
    run(&mut limited(home, line)).hiding_home(home)
}

const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJleHAiOjQxMDI0NDQ4MDB9.AAAA";
const DELETE: &str = "user-identity user delete-batch --yes --only-show-errors --users-from";

fn verify(key_set: &str) -> String {
    format!("user-identity token verify --token {TOKEN} --jwks {key_set}")
}

fn inspect() -> String {
    format!("user-identity token inspect --token {TOKEN} --query state")
}

#[test]
fn a_key_set_without_end_is_too_large() {
    assert_snapshot!(shows(&Folder::new(), &verify("/dev/zero")), @"
    exit 1
    --- stderr
    ERROR: The key set /dev/zero cannot be read: it is larger than 1 MiB.
    ");
}

#[test]
fn a_key_set_is_read_from_a_fifo() {
    let home = Folder::new();
    let pipe = fifo(&home.path().join("pipe"));
    let writer = std::thread::spawn(move || std::fs::write(pipe, r#"{"keys": []}"#));
    let seen = shows(&home, &verify("pipe"));
    assert!(!seen.stderr.contains("cannot be read"), "{seen}");
    writer.join().unwrap().unwrap();
}

#[test]
#[ignore = "waits 5 s for a writer"]
fn a_fifo_without_a_writer_is_an_error() {
    let home = Folder::new();
    fifo(&home.path().join("pipe"));
    let lines = [&verify("pipe"), &format!("{DELETE} pipe"), "user-identity token inspect --token @pipe"];
    assert_snapshot!(each(lines, |line| shows(&home, line)), @"
    > user-identity token verify --token eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJleHAiOjQxMDI0NDQ4MDB9.AAAA --jwks pipe
    exit 1
    --- stderr
    ERROR: The key set pipe cannot be read: it is a FIFO, and no program wrote to it within 5 s.

    > user-identity user delete-batch --yes --only-show-errors --users-from pipe
    exit 1
    --- stderr
    ERROR: The users cannot be read from pipe: it is a FIFO, and no program wrote to it within 5 s.

    > user-identity token inspect --token @pipe
    exit 1
    --- stderr
    ERROR: '@pipe' cannot be read: it is a FIFO, and no program wrote to it within 5 s.
    ");
}

/// Runs `token inspect` with this file in the configuration folder.
fn with_configuration(name: &str, make: impl Fn(&Path), more: &str) -> Seen {
    let home = Folder::new();
    std::fs::create_dir(home.path().join(".azure")).unwrap();
    make(&home.path().join(".azure").join(name));
    shows(&home, &format!("{} {more}", inspect()))
}

#[test]
fn a_config_file_that_is_a_fifo_is_left_out_with_a_warning() {
    assert_snapshot!(with_configuration("config", |path| drop(fifo(path)), ""), @r#"
    exit 0
    --- stdout
    "active"
    --- stderr
    WARNING: The config file HOME/.azure/config cannot be read and is ignored: it is a FIFO, not a file.
    "#);
}

#[test]
fn a_config_file_without_end_is_left_out_with_a_warning() {
    assert_snapshot!(with_configuration("config", |path| symlink("/dev/zero", path).unwrap(), ""), @r#"
    exit 0
    --- stdout
    "active"
    --- stderr
    WARNING: The config file HOME/.azure/config cannot be read and is ignored: it is larger than 1 MiB.
    "#);
}

#[test]
fn a_profile_that_is_a_fifo_is_left_out_with_a_warning() {
    assert_snapshot!(with_configuration("azureProfile.json", |path| drop(fifo(path)), "--subscription x"), @r#"
    exit 0
    --- stdout
    "active"
    --- stderr
    WARNING: HOME/.azure/azureProfile.json cannot be read and is ignored: it is a FIFO, not a file.
    WARNING: Subscription 'x' not recognized.
    "#);
}

#[test]
#[ignore = "reads much"]
fn a_file_of_a_login_without_end_is_named_with_its_variable() {
    for variable in ["AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH"] {
        let home = Folder::new();
        let mut command = limited(&home, "identity token issue --scope chat --endpoint https://127.0.0.1:1/");
        let id = "11111111-1111-1111-1111-111111111111";
        command.env("AZURE_TENANT_ID", id).env("AZURE_CLIENT_ID", id).env(variable, "/dev/zero");
        let seen = run(command.env_remove("AZURE_COMMUNICATION_CONNECTION_STRING"));
        let is_named = seen.stderr.contains(variable) && seen.stderr.contains("it is larger than 1 MiB");
        assert!(seen.code == Some(1) && is_named, "{variable} {seen}");
    }
}

#[test]
#[ignore = "reads much"]
fn a_list_of_users_without_end_is_too_large() {
    let home = Folder::new();
    let delete = |source: &str| {
        let mut command = limited(&home, &format!("{DELETE} {source}"));
        seen(command.stdin(File::open("/dev/zero").unwrap()).output().unwrap())
    };
    assert_snapshot!(each(["/dev/zero", "-"], delete), @"
    > /dev/zero
    exit 1
    --- stderr
    ERROR: The users cannot be read from /dev/zero: it is larger than 64 MiB.

    > -
    exit 1
    --- stderr
    ERROR: The users cannot be read from stdin: it is larger than 64 MiB.
    ");
}

#[test]
fn a_token_on_a_stdin_without_end_is_too_large() {
    let home = Folder::new();
    let mut command = limited(&home, "user-identity token inspect");
    assert_snapshot!(seen(command.stdin(File::open("/dev/zero").unwrap()).output().unwrap()), @"
    exit 1
    --- stderr
    ERROR: The token cannot be read from stdin: it is larger than 1 MiB.
    ");
}

/// Returns the error about a list of users with these bytes.
fn list_error(bytes: &[u8]) -> String {
    let home = Folder::new();
    home.write("users", bytes);
    shows(&home, &format!("{DELETE} users")).stderr
}

#[test]
fn a_nul_byte_in_a_list_is_named_with_its_line() {
    assert_snapshot!(list_error(b"8:acs:a\n8:acs:\0b\n") + &list_error(b"\0"), @r#"
    ERROR: The users cannot be read from users: line 2 contains a NUL byte.
    Hint: Put each raw id on its own line, as `--query "[].rawId" -o tsv` prints it. JSON output of these commands works too.
    ERROR: The users cannot be read from users: line 1 contains a NUL byte.
    Hint: Put each raw id on its own line, as `--query "[].rawId" -o tsv` prints it. JSON output of these commands works too.
    "#);
}

#[test]
fn a_list_in_utf_16_is_recognized_with_and_without_a_byte_order_mark() {
    for utf16 in [&b"8\0:\0a\0\n\0"[..], b"\x008\0:\0a\0\n", b"\xff\xfe8\0:\0a\0"] {
        let error = list_error(utf16);
        assert!(error.contains("it is UTF-16."), "{utf16:?}: {error}");
    }
}

#[test]
#[ignore = "takes ten seconds"]
fn an_azure_cli_that_does_not_answer_is_killed() {
    let scripts = ["exec sleep 30", "sleep 30", "exec >&- 2>&-; exec sleep 30"];
    std::thread::scope(|scope| {
        for script in scripts {
            scope.spawn(move || {
                let home = Folder::new();
                home.program(
                    "real/az",
                    format!("#!/bin/sh\ncd '{}'\necho $$ > pid; {script}\n", home.path().display()),
                );
                let mut command = limited(&home, "identity token issue --scope chat --endpoint https://127.0.0.1:1/");
                command.env("PATH", format!("{}:/usr/bin:/bin", home.path().join("real").display()));
                let seen = run(command.env_remove("AZURE_COMMUNICATION_CONNECTION_STRING"));
                let error = "az login: it did not answer within 10 s";
                assert!(seen.code == Some(1) && seen.stderr.contains(error), "{seen}");
                let process = std::fs::read_to_string(home.path().join("pid")).unwrap();
                let is_alive = Command::new("/bin/sh").args(["-c", "kill -0 $0 2>/dev/null", process.trim()]).status();
                assert!(!is_alive.unwrap().success(), "{script}");
            });
        }
    });
}

#[test]
fn without_proc_the_name_of_stdout_comes_with_a_hint() {
    let home = Folder::new();
    let shell = "umount -l /proc || exit 77; exec \"$0\" \"$@\"";
    let mut command = support::other_program("/usr/bin/unshare", &home);
    command.args(["-m", "/bin/sh", "-c", shell, AZ, "communication", "user-identity", "token", "issue-batch"]);
    command.args(["--scope", "chat", "--count", "1", "--only-show-errors", "--out-file", "/dev/stdout"]);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://127.0.0.1:1/;accesskey=AAAA");
    let seen = run(&mut command);
    if seen.code == Some(77) || seen.stderr.contains("unshare") {
        eprintln!("skipped: /proc cannot be unmounted here");
        return;
    }
    assert_snapshot!(seen, @"
    exit 1
    --- stderr
    ERROR: /dev/stdout cannot be used: it is a symbolic link into /proc, which is not mounted.
    Hint: Give the path of a file, or - for stdout.
    ");
}
