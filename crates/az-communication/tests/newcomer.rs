//! What people meet who use it for the first time: each error names what to do next.
#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};

use insta::assert_snapshot;
use support::emulator::Emulator;
use support::{Folder, az};

/// Exit code and stderr without the warning that the group is a preview.
fn fails(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.stdout.is_empty(), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let lines = stderr.lines().filter(|line| !line.contains("is in preview")).map(|line| format!("{line}\n"));
    format!("{}exit {}\n", lines.collect::<String>(), output.status.code().unwrap_or(-1))
}

fn words(home: &Folder, words: &str) -> Command {
    let mut command = az(home);
    command.args(words.split_whitespace()).env("AZURE_CORE_ERROR_RECOMMENDATION", "off");
    command
}

#[test]
fn a_command_that_the_reference_lacks_says_what_is_missing_once_an_argument_of_it_is_given() {
    let home = Folder::new();
    for (line, missing) in [
        ("token issue-batch --scope chat --count 2", "--out-file"),
        ("token issue-batch --scope chat --outfile a", "--out-file"),
        ("token issue-batch --out-file a", "--scope"),
        ("token revoke-batch --yes", "--users-from"),
        ("user delete-batch -y -o json", "--users-from"),
        ("user show --api-version 2023-10-01", "--user"),
        ("user show --connection-string endpoint=https://x/;accesskey=a2V5", "--user"),
    ] {
        let error = fails(&mut words(&home, &format!("communication user-identity {line}")));
        let first = error.lines().next().unwrap();
        assert!(first.starts_with("ERROR: the following arguments are required: "), "{line}: {error}");
        assert!(first.contains(missing), "{line}: {error}");
        assert!(error.ends_with("exit 2\n") && !error.contains("misspelled"), "{line}: {error}");
    }
}

#[test]
fn the_bare_words_of_such_a_command_keep_the_words_of_the_reference() {
    let home = Folder::new();
    for line in ["token issue-batch", "token revoke-batch", "user show", "user show -o json", "user show --debug"] {
        let error = fails(&mut words(&home, &format!("communication user-identity {line}")));
        let name = line.split(' ').nth(1).unwrap();
        let expected = format!("ERROR: '{name}' is misspelled or not recognized by the system.\n");
        assert!(error.contains(&expected) && error.ends_with("exit 2\n"), "{line}: {error}");
    }
}

#[test]
fn a_file_behind_an_at_sign_that_cannot_be_read_is_named_where_the_command_fails() {
    let home = Folder::new();
    std::fs::create_dir(home.path().join("folder")).unwrap();
    let inspect = |value: &str| fails(words(&home, "communication user-identity token inspect --token").arg(value));
    let missing = inspect("@nofile");
    assert!(
        missing.contains(
            "Hint: The value of --token begins with @, and the file 'nofile' cannot be read: No such file or directory.\n"
        ),
        "{missing}"
    );
    let folder = inspect("@folder");
    assert!(folder.contains("and the file 'folder' cannot be read: Is a directory.\n"), "{folder}");
    for other in ["nofile", "@"] {
        assert!(!inspect(other).contains("begins with @"), "{other}");
    }
}

#[test]
fn an_unread_file_is_named_where_the_service_refuses_its_name() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let line = "communication user-identity token issue --scope chat --user @nofile";
    let error = fails(emulator.az(&home).args(line.split(' ')));
    assert!(
        error.contains("Hint: The value of --user begins with @, and the file 'nofile' cannot be read: No such file"),
        "{error}"
    );
}

#[test]
fn another_emulator_may_answer_where_the_authority_is_not_the_one_that_is_trusted() {
    let home = Folder::new();
    let other = Emulator::in_memory(&home);
    let create = |home: &Folder| {
        let mut command = words(home, "communication user-identity user create --connection-string");
        command.arg("UseDevelopmentEmulator=true");
        command.env("AZURE_COMMUNICATION_EMULATOR_PORT", other.port().to_string());
        fails(&mut command).replace(home.path().to_str().unwrap(), "HOME")
    };
    assert_snapshot!(create(&home), @"
    ERROR: No emulator was started here yet: HOME/.azure/communication-emulator/ca.pem does not exist.
    Hint: Start one with `az communication emulator start`.
    Hint: If one runs in memory, or with another data folder: use the `connectionString` of its ready line, and set REQUESTS_CA_BUNDLE to its `caBundle`.
    exit 1
    ");
    drop(Emulator::start(&home, &[]));
    assert_snapshot!(create(&home), @"
    ERROR: The certificate of localhost cannot be trusted: its issuer 'ACS Identity emulator CA' is known with another key than the one that signed it.
    Hint: Another emulator may answer there, one in memory or with another data folder: use the `connectionString` of its ready line, and set REQUESTS_CA_BUNDLE to its `caBundle`.
    exit 1
    ");
    // What the hints say helps.
    let mut command = other.az(&home);
    assert!(command.args(["communication", "user-identity", "user", "create"]).output().unwrap().status.success());
}

#[test]
fn to_stop_the_emulator_is_to_end_its_process() {
    let home = Folder::new();
    assert_snapshot!(fails(&mut words(&home, "communication emulator stop")), @"
    ERROR: 'stop' is misspelled or not recognized by the system.

    Hint: The emulator runs until Ctrl-C, or until it is ended by its process id, the `pid` of its ready line: kill PID
    exit 2
    ");
}

#[test]
fn a_token_without_its_option_comes_with_a_hint() {
    let home = Folder::new();
    let said = fails(&mut words(&home, "communication user-identity token inspect eyJ.eyJ.x"));
    assert!(said.contains("\nHint: Give the token as --token TOKEN, or write it to stdin.\n"), "{said}");
}

#[test]
fn what_stands_in_for_a_connection_string_is_named() {
    let home = Folder::new();
    let hint = |text: &str| {
        let mut command = words(&home, "communication user-identity user create");
        let said = fails(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", text));
        said.lines().find(|line| line.starts_with("Hint: ")).unwrap_or_default().to_owned()
    };
    assert_snapshot!(hint("UseDevelopmentEmulator"), @"Hint: For the emulator of this machine, write UseDevelopmentEmulator=true.");
    assert_snapshot!(hint("https://contoso.communication.azure.com/"), @"Hint: This is an endpoint. With a login and no key, it goes into --endpoint or AZURE_COMMUNICATION_ENDPOINT.");
}

#[test]
fn a_table_of_a_query_fits_the_terminal() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let mut command = emulator.az(&home);
    command.args([
        "communication",
        "doctor",
        "-o",
        "table",
        "--query",
        "[].{check: check, state: state, found: found}",
    ]);
    let output = command.env("COLUMNS", "80").output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.starts_with("Check ") && table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn a_value_that_begins_with_a_minus_is_refused_with_the_way_to_write_it() {
    let home = Folder::new();
    let error = fails(&mut words(&home, "communication emulator entra-token --oid a --appid b --expires-in -5m"));
    assert_snapshot!(error, @r"
    ERROR: argument --expires-in: expected one argument

    Hint: A value that begins with a minus stands behind an equals sign: --expires-in=-5m
    exit 2
    ");
}

#[test]
fn a_misspelled_option_of_a_command_of_ours_is_refused_with_the_one_that_is_near() {
    let home = Folder::new();
    let error = fails(&mut words(&home, "communication emulator start --prot 0 --in-memroy"));
    assert_snapshot!(error, @r"
    ERROR: unrecognized arguments: --prot 0 --in-memroy

    Hint: Is '--port' meant?
    Hint: Is '--in-memory' meant?
    exit 2
    ");
}
