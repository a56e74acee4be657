//! Tests of the secret of the control endpoints: its valid values and its sources.

use super::*;

#[test]
fn a_secret_that_cannot_be_sent_in_a_header_is_refused() {
    let home = Folder::new();
    for never in [" ", " x", "x ", "\tx", "x\u{1}y", "x\ny", "x\ty", "geheim-é", "x\u{7f}"] {
        let said = refusal_with(2, az(&home).args(START).args(["--in-memory", "--control-secret", never]));
        assert!(said.starts_with("ERROR: --control-secret cannot be sent in a header.\nHint: "), "{never:?}: {said}");
    }
}

#[test]
fn a_secret_is_read_from_a_file() {
    const VARIABLE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET";
    const FILE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE";
    let home = Folder::new();
    home.write("secret", "s3cret of mine\r\n");
    let start = |change: &dyn Fn(&mut Command)| {
        let mut command = az(&home);
        command.args(START).arg("--in-memory");
        change(&mut command);
        command
    };
    let mut option = start(&|command| {
        command.args(["--control-secret", "@secret"]);
    });
    let mut variable = start(&|command| {
        command.env(FILE, "secret");
    });
    for command in [&mut option, &mut variable] {
        let emulator = Emulator::from_command(command);
        let mut client = emulator.client();
        let header = [("x-emulator-control".to_owned(), "s3cret of mine".to_owned())];
        assert_eq!(client.raw("POST", "/emulator/list-keys", &header, "").unwrap().status, 200);
    }
    home.write("letters", "é");
    let said = [
        refusal(&mut start(&|command| {
            command.env(FILE, "none");
        })),
        refusal_with(
            2,
            &mut start(&|command| {
                command.env(FILE, "letters");
            }),
        ),
        refusal_with(
            2,
            &mut start(&|command| {
                command.env(FILE, "secret").env(VARIABLE, "x");
            }),
        ),
        refusal_with(
            2,
            &mut start(&|command| {
                command.args(["--control-secret", "@none"]);
            }),
        ),
    ];
    insta::assert_snapshot!(said.concat(), @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE names 'none', which cannot be read: No such file or directory.
    ERROR: The secret in the file that AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE names cannot be sent in a header.
    Hint: A secret consists of printable ASCII characters. It does not start with @, and has no blanks at its ends. To make one: openssl rand -hex 32
    ERROR: AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET and AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE are both set.
    Hint: Set one of them.
    ERROR: --control-secret cannot be sent in a header.
    Hint: The value of --control-secret begins with @, and the file 'none' cannot be read: No such file or directory.
    Hint: A secret consists of printable ASCII characters. It does not start with @, and has no blanks at its ends. To make one: openssl rand -hex 32
    ");
}
