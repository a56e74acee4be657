//! Tests of the secret of the control endpoints: its valid values and its sources.

use super::*;

/// Adds arguments or variables to a command.
type Change<'a> = &'a dyn Fn(&mut Command) -> &mut Command;

#[test]
fn a_secret_that_cannot_be_sent_in_a_header_is_refused() {
    let home = Folder::new();
    for never in [" ", " x", "x ", "\tx", "x\u{1}y", "x\ny", "x\ty", "geheim-é", "x\u{7f}"] {
        let said = refusal_with(2, az(&home).args(START).args(["--in-memory", "--control-secret", never]));
        assert!(said.starts_with("ERROR: --control-secret cannot be sent in a header.\nHint: "), "{never:?}: {said}");
    }
}

#[test]
fn a_secret_that_can_be_guessed_or_is_too_long_is_refused_by_name() {
    let home = Folder::new();
    let said = [15, 1025].map(|length| {
        let secret = "a".repeat(length);
        refusal_with(2, az(&home).args(START).args(["--in-memory", "--control-secret", &secret]))
    });
    insta::assert_snapshot!(said.concat(), @"
    ERROR: --control-secret must have 16 to 1024 characters, but it has 15.
    Hint: To make a secret: openssl rand -hex 32
    ERROR: --control-secret must have 16 to 1024 characters, but it has 1025.
    Hint: To make a secret: openssl rand -hex 32
    ");
}

#[test]
fn a_secret_is_read_from_a_file() {
    const VARIABLE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET";
    const FILE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE";
    let home = Folder::new();
    let secret = home.write("secret", "a s3cret of mine\r\n");
    std::fs::set_permissions(secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let start = |change: Change<'_>| {
        let mut command = az(&home);
        command.args(START).arg("--in-memory");
        change(&mut command);
        command
    };
    let sources: [Change<'_>; 4] = [
        &|command| command.args(["--control-secret", "@secret"]),
        &|command| command.args(["--control-secret-file", "secret"]),
        &|command| command.env(FILE, "secret"),
        // An option wins over a variable.
        &|command| command.args(["--control-secret-file", "secret"]).env(VARIABLE, "another"),
    ];
    for source in sources {
        let emulator = Emulator::from_command(&mut start(source));
        let mut client = emulator.client();
        let header = [("x-emulator-control".to_owned(), "a s3cret of mine".to_owned())];
        assert_eq!(client.raw("POST", "/emulator/list-keys", &header, "").unwrap().status, 200);
    }
    let both = ["--control-secret", "x", "--control-secret-file", "secret"];
    let said = [
        refusal_with(2, &mut start(&|command| command.env(FILE, "secret").env(VARIABLE, "x"))),
        refusal_with(2, &mut start(&|command| command.args(both))),
        refusal_with(2, &mut start(&|command| command.args(["--control-secret", "@none"]))),
    ];
    insta::assert_snapshot!(said.concat(), @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET and AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE are both given.
    Hint: Give one of them.
    ERROR: --control-secret and --control-secret-file are both given.
    Hint: Give one of them.
    ERROR: --control-secret cannot be sent in a header.
    Hint: The value of --control-secret begins with @, and the file 'none' cannot be read: No such file or directory.
    Hint: A secret consists of printable ASCII characters. It does not start with @, and has no blanks at its ends. To make one: openssl rand -hex 32
    ");
}
