//! Tests of wrong values of options and variables.

use super::*;

#[test]
fn a_wrong_variable_of_the_emulator_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Folder::new();
    let bytes = std::ffi::OsStr::from_bytes(b"/tmp/\xff");
    for name in ["DATA_DIR", "ACCESS_KEY", "HOST", "IN_MEMORY", "LOG_REQUESTS", "REVOCATION_DELAY", "ENTRA_ISSUER"] {
        let name = format!("AZURE_COMMUNICATION_EMULATOR_{name}");
        let stderr = refusal_with(2, az(&home).args(START).env(&name, bytes));
        assert_eq!(stderr, format!("ERROR: {name} is not valid UTF-8.\n"));
    }
    for (name, value, what) in [
        ("IN_MEMORY", "maybe", "a boolean"),
        ("IN_MEMORY", "y", "a boolean"),
        ("THROTTLE", "2", "a boolean"),
        ("STRICT_API_VERSION", "t", "a boolean"),
    ] {
        let name = format!("AZURE_COMMUNICATION_EMULATOR_{name}");
        let stderr = refusal_with(2, az(&home).args(START).env(&name, value));
        assert!(stderr.starts_with(&format!("ERROR: {name} is not {what}: '{value}'.\n")), "{stderr}");
    }
    let stderr = refusal_with(2, az(&home).args(START).env("AZURE_COMMUNICATION_EMULATOR_REVOCATION_DELAY", "16m"));
    insta::assert_snapshot!(stderr, @"
    ERROR: AZURE_COMMUNICATION_EMULATOR_REVOCATION_DELAY must be a duration from 0s to 15m, but it is '16m'.
    Hint: Write 30s, 5m, PT5M, or 5 for minutes.
    ");
    let start = || {
        let mut command = az(&home);
        command.args(["communication", "emulator", "start"]);
        command
    };
    insta::assert_snapshot!(refusal_with(2, start().env("AZURE_COMMUNICATION_EMULATOR_PORT", "abc")), @"ERROR: AZURE_COMMUNICATION_EMULATOR_PORT must be a number from 0 to 65535, but it is 'abc'.");
    let stderr = refusal_with(2, start().env("AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY", "se cret!"));
    insta::assert_snapshot!(stderr, @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY is not valid base64.
    Hint: To make one: openssl rand -base64 64 | tr -d '\n'
    ");
    assert!(!home.path().join(".azure").exists(), "nothing was made");
}

#[test]
fn a_misspelled_variable_is_named_and_those_of_others_are_not() {
    let home = Folder::new();
    let mut command = az(&home);
    command.args(["communication", "emulator", "run", "--", "true"]);
    for (end, value) in [("PROT", "1"), ("HOSTNAMES", "a"), ("SERVICE_PORT_HTTPS", "1"), ("PORT_10100_TCP_ADDR", "::1")]
    {
        command.env(format!("AZURE_COMMUNICATION_EMULATOR_{end}"), value);
    }
    let output = command.output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @r"
    WARNING: AZURE_COMMUNICATION_EMULATOR_HOSTNAMES is not a setting. Did you mean AZURE_COMMUNICATION_EMULATOR_HOSTNAME?
    WARNING: AZURE_COMMUNICATION_EMULATOR_PROT is not a setting. Did you mean AZURE_COMMUNICATION_EMULATOR_PORT?
    ");
}

#[test]
fn the_variables_of_run_are_for_the_outermost_one() {
    let home = Folder::new();
    let mut command = az(&home);
    command
        .args(["communication", "emulator", "run", "--", "sh", "-c"])
        .arg("echo data: $AZURE_COMMUNICATION_EMULATOR_RUN_DATA_DIR");
    let output = command.env("AZURE_COMMUNICATION_EMULATOR_RUN_DATA_DIR", home.path().join("data")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "data:\n", "{output:?}");
    assert!(home.path().join("data/identities.db").exists());
}

#[test]
fn a_secret_whose_variable_is_empty_is_refused() {
    let home = Folder::new();
    for name in ["ACCESS_KEY", "ACCESS_KEY_FILE", "CONTROL_SECRET", "CONTROL_SECRET_FILE"] {
        let name = format!("AZURE_COMMUNICATION_EMULATOR_{name}");
        let stderr = refusal_with(2, az(&home).args(START).arg("--in-memory").env(&name, ""));
        assert!(stderr.starts_with(&format!("ERROR: {name} is empty.\nHint: Give it a ")), "{stderr}");
    }
    // The option takes precedence.
    let mut command = az(&home);
    command.args(START).args(["--in-memory", "--control-secret", "a secret of enough characters"]);
    drop(Emulator::from_command(command.env("AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET", "")));
}

#[test]
fn an_issuer_that_is_not_a_url_is_named_with_where_it_stands() {
    let home = Folder::new();
    let variable = "AZURE_COMMUNICATION_EMULATOR_ENTRA_ISSUER";
    insta::assert_snapshot!(refusal_with(2, az(&home).args(START).env(variable, "x")), @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_ENTRA_ISSUER is not an http or https URL: 'x'.
    Hint: Entra's: https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration
    ");
    let stderr = refusal_with(2, az(&home).args(START).args(["--entra-issuer", "ftp://user:secret@host"]));
    assert!(stderr.starts_with("ERROR: --entra-issuer is not an http or https URL: 'ftp://host'.\n"), "{stderr}");
}

#[test]
fn a_path_that_the_ready_line_could_not_name_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Folder::new();
    let odd = home.path().join(std::ffi::OsStr::from_bytes(b"odd-\xff"));
    std::fs::create_dir(&odd).unwrap();
    for command in [
        az(&home).args(START).env("AZURE_CONFIG_DIR", &odd),
        az(&home).args(START).arg("--in-memory").env("TMPDIR", &odd),
    ] {
        let stderr = refusal(command);
        assert!(stderr.contains("is not valid UTF-8, so it cannot be given to clients.\nHint: "), "{stderr}");
    }
    // The command of a run gets the variable unchanged.
    let output = az(&home).args(run_words("test -s \"$SSL_CERT_FILE\"")).env("TMPDIR", &odd).status().unwrap();
    assert!(output.success());
}

#[test]
fn a_data_folder_that_cannot_be_made_comes_with_a_hint() {
    let home = Folder::new();
    home.write("file", "");
    let hint = |command: &mut Command| {
        let stderr = refusal(command);
        let hint = stderr.lines().find(|line| line.starts_with("Hint: ")).unwrap_or_default().to_owned();
        assert!(!stderr.contains("os error"), "{stderr}");
        hint
    };
    const MISSING: &str = "Hint: Set AZURE_COMMUNICATION_EMULATOR_DATA_DIR, or give --data-dir or --in-memory.";
    for folder in ["/proc/nowhere", "/dev/null/below", home.path().join("file").to_str().unwrap()] {
        assert_eq!(hint(az(&home).args(START).args(["--data-dir", folder])), MISSING, "{folder}");
        assert_eq!(hint(az(&home).args(START).env("HOME", folder).env_remove("AZURE_CONFIG_DIR")), MISSING, "{folder}");
    }
    // A folder has the name of the database.
    std::fs::create_dir_all(home.path().join("data/identities.db")).unwrap();
    assert_eq!(hint(az(&home).args(START).args(["--data-dir", "data"])), MISSING);
}

#[test]
fn the_emulator_of_the_connection_string_without_a_port_is_where_the_variable_says() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let create = |port: &str| {
        let mut command = az(&home);
        command.args(["communication", "user-identity", "user", "create", "--only-show-errors"]);
        command
            .args(["--connection-string", "UseDevelopmentEmulator=true"])
            .env("AZURE_COMMUNICATION_EMULATOR_PORT", port);
        command.output().unwrap()
    };
    let output = create(&emulator.port().to_string());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!(String::from_utf8_lossy(&create("abc").stderr), @"ERROR: AZURE_COMMUNICATION_EMULATOR_PORT must be a number from 0 to 65535, but it is 'abc'.");
    insta::assert_snapshot!(String::from_utf8_lossy(&create("0").stderr), @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_PORT is 0, so the emulator's port is not known.
    Hint: Use the connection string that the emulator prints when it starts.
    ");
    let output = az(&home)
        .args(["communication", "emulator", "entra-token", "--oid", "11111111-1111-1111-1111-111111111111"])
        .args(["--appid", "22222222-2222-2222-2222-222222222222"])
        .env("AZURE_COMMUNICATION_EMULATOR_PORT", emulator.port().to_string())
        .output()
        .unwrap();
    assert!(output.stdout.starts_with(b"eyJ"), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_wrong_port_is_a_usage_error_with_the_wording_for_all_numbers() {
    let home = Folder::new();
    for (verb, rest) in [("start", None), ("run", Some(["--", "true"]))] {
        for port in ["abc", "80000", "-1", "65536", "1.5"] {
            let mut command = az(&home);
            command.args(["communication", "emulator", verb, &format!("--port={port}")]).args(rest.iter().flatten());
            let expected = format!("ERROR: --port must be a number from 0 to 65535, but it is '{port}'.\n");
            assert_eq!(refusal_with(2, &mut command), expected);
        }
    }
}
