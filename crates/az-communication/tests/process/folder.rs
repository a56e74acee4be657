//! Tests of data folders that an emulator cannot use.

use super::*;

/// This key is long enough to be accepted without a warning.
const OTHER_KEY: &str = "YW5vdGhlciBrZXkgb2Ygc2l4dGVlbiBieXRlcw==";

#[test]
fn a_key_that_is_not_that_of_the_folder_is_refused_with_what_to_do() {
    let home = Folder::new();
    let key = home.write("key", OTHER_KEY);
    drop(Emulator::start(&home, &[]));
    let said = [
        refusal(az(&home).args(START).args(["--access-key", OTHER_KEY])),
        refusal(az(&home).args(START).env("AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY_FILE", &key)),
    ];
    assert_eq!(said[0], said[1]);
    insta::assert_snapshot!(said[0].replace(home.path().to_str().unwrap(), "HOME"), @"
    ERROR: The emulator cannot start: the data folder HOME/.azure/communication-emulator has a primary access key that differs from the given key. A folder keeps the key of its first start or of its last regeneration: leave out the key, or use a new folder.
    Hint: Leave out --access-key, AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY and AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY_FILE, or use another folder: --data-dir.
    ");
}

#[test]
fn a_folder_or_database_that_cannot_be_written_is_refused_by_its_name() {
    let home = Folder::new();
    let script = "start() { timeout 20 \"$0\" communication emulator start --port 0 --data-dir data 2>&1; echo code $?; }\n\
                  \"$0\" communication emulator run --data-dir data -- true\n\
                  chmod 400 data/identities.db; start; chmod 600 data/identities.db\n\
                  chmod 500 data; start; chmod 770 data; start; chmod 700 data";
    let Some(output) = as_nobody(&home, script) else { return };
    let stdout = String::from_utf8(output.stdout).unwrap().replace(home.path().to_str().unwrap(), "HOME");
    insta::assert_snapshot!(stdout, @"
    ERROR: The emulator cannot start: HOME/data/identities.db cannot be used: Permission denied.
    Hint: Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir or --in-memory.
    code 1
    ERROR: The emulator cannot start: HOME/data/identities.db-shm cannot be used: Permission denied.
    Hint: Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir or --in-memory.
    code 1
    ERROR: The emulator cannot start: the data folder 'HOME/data' cannot be used: other users may write it (mode 770): chmod go-w HOME/data.
    Hint: Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir or --in-memory.
    code 1
    ");
    if !rustix::process::geteuid().is_root() {
        return;
    }
    // Another user owns the folder.
    assert!(Command::new("chown").args(["-R", "61999"]).arg(home.path().join("data")).status().unwrap().success());
    let said = refusal(az(&home).args(START).args(["--data-dir", "data"]));
    insta::assert_snapshot!(said.replace(home.path().to_str().unwrap(), "HOME"), @"
    ERROR: The emulator cannot start: the data folder 'HOME/data' cannot be used: another user owns it (uid 61999, and the emulator runs as 0).
    Hint: Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir or --in-memory.
    ");
}

#[test]
fn memory_and_a_data_folder_exclude_each_other_and_options_win_over_variables() {
    let home = Folder::new();
    let start = |options: &[&str], variable: &str, value: &str| {
        let mut command = az(&home);
        command.args(START).args(options).env(format!("AZURE_COMMUNICATION_EMULATOR_{variable}"), value);
        command
    };
    let both = refusal_with(2, az(&home).args(START).args(["--in-memory", "--data-dir", "a"]));
    insta::assert_snapshot!(both, @r"
    ERROR: --in-memory and --data-dir cannot be given together.
    Hint: Leave out one of them. Data in memory is not stored in a folder.
    ");
    drop(Emulator::from_command(&mut start(&["--data-dir", "b"], "IN_MEMORY", "yes")));
    drop(Emulator::from_command(&mut start(&["--in-memory"], "DATA_DIR", "c")));
    let is_there = ["a", "b", "c"].map(|name| home.path().join(name).exists());
    assert_eq!(is_there, [false, true, false]);
}
