//! The options of a database: what is refused, and what is warned about, before the database is asked. The connections
//! are refused, because nothing listens on port 1.

use super::*;

const URL: &str = "postgres://acs@127.0.0.1:1/acs";

/// What `emulator start` says with these options and variables.
fn said(home: &Folder, options: &[&str], variables: &[(&str, &str)]) -> String {
    let output = az(home).args(START).args(options).envs(variables.iter().copied()).output().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    said.replace(home.path().to_str().unwrap(), "HOME")
}

fn write(path: &Path, content: &str, mode: u32) {
    std::fs::write(path, content).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_database_is_not_given_together_with_another_place() {
    let home = Folder::new();
    insta::assert_snapshot!(said(&home, &["--store", URL, "--data-dir", "x"], &[]), @r"
    ERROR: --store and --data-dir cannot be given together.
    Hint: Leave out one of them. Data in a database is not stored on this machine.
    ");
    insta::assert_snapshot!(said(&home, &["--store", URL, "--in-memory"], &[]), @r"
    ERROR: --store and --in-memory cannot be given together.
    Hint: Leave out one of them. Data in a database is not stored on this machine.
    ");
    let variables = [("AZURE_COMMUNICATION_EMULATOR_STORE", URL), ("AZURE_COMMUNICATION_EMULATOR_IN_MEMORY", "yes")];
    insta::assert_snapshot!(said(&home, &[], &variables), @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_STORE and AZURE_COMMUNICATION_EMULATOR_IN_MEMORY are both set.
    Hint: Set one of them.
    ");
    insta::assert_snapshot!(said(&home, &["--store-key-file", "key"], &[]), @r"
    ERROR: --store-key-file is given without --store.
    Hint: It belongs to a database: --store postgres://USER@HOST/DATABASE
    ");
}

#[test]
fn a_url_that_cannot_be_used_is_refused_without_showing_it() {
    let home = Folder::new();
    insta::assert_snapshot!(said(&home, &["--store", "mysql://acs:Geheim@db/acs"], &[]), @r"
    ERROR: --store is not a URL of a PostgreSQL database: postgres://USER@HOST/DATABASE?sslmode=verify-full.
    Hint: Example: postgres://acs@db.example/acs?sslmode=verify-full
    ");
    insta::assert_snapshot!(said(&home, &["--store", "postgres://acs:Geheim@db/acs?sslmod=require"], &[]), @r"
    ERROR: --store has the unknown parameter 'sslmod'. Known are application_name, channel_binding, connect_timeout, dbname, host, password, port, prepare, sslmode, sslrootcert, target_session_attrs, user.
    Hint: Example: postgres://acs@db.example/acs?sslmode=verify-full
    ");
    insta::assert_snapshot!(said(&home, &["--store", "postgres://acs@db/acs?sslmode=verify-ca"], &[]), @r"
    ERROR: --store has sslmode=verify-ca, which needs sslrootcert=FILE with the certificate of the server's authority.
    Hint: Example: postgres://acs@db.example/acs?sslmode=verify-full
    ");
    insta::assert_snapshot!(said(&home, &["--store", ""], &[]), @"ERROR: --store is empty.");
}

#[test]
fn a_password_on_the_command_line_and_an_open_network_are_warned_about() {
    let home = Folder::new();
    // The limit of the time to connect keeps this test short.
    let url = "postgres://acs:Geheim@db.invalid/acs?connect_timeout=1";
    let visible = said(&home, &["--store", url, "--debug"], &[]);
    assert!(visible.contains("WARNING: The URL of --store contains a password"), "{visible}");
    assert!(visible.contains("WARNING: The URL of --store has no sslmode"), "{visible}");
    assert!(!visible.contains("Geheim"), "{visible}");
    let of_variable = said(&home, &[], &[("AZURE_COMMUNICATION_EMULATOR_STORE", url)]);
    assert!(!of_variable.contains("contains a password") && of_variable.contains("no sslmode"), "{of_variable}");
    write(&home.path().join("url"), url, 0o600);
    let of_file = said(&home, &["--store", "@url"], &[]);
    assert!(!of_file.contains("contains a password"), "{of_file}");
}

#[test]
fn the_file_of_the_key_and_of_the_password_are_closed_to_others() {
    let home = Folder::new();
    let path = home.path().join("secret");
    for option in ["--store-key-file", "--store-password-file"] {
        write(&path, "0123456789", 0o640);
        let refused = said(&home, &["--store", URL, option, path.to_str().unwrap()], &[]);
        let expected = format!(
            "ERROR: {option} names 'HOME/secret', which can be read or written by other users.\n\
             Hint: Close it to them: chmod 600 HOME/secret\n"
        );
        assert_eq!(refused, expected);
    }
    write(&path, "0123456789", 0o600);
    insta::assert_snapshot!(said(&home, &["--store", URL, "--store-key-file", "secret"], &[]), @r"
    ERROR: The key in 'secret' is neither in base64 nor in hexadecimal digits.
    Hint: A key is 32 random bytes in base64 or in hexadecimal digits. To make one: openssl rand -hex 32
    ");
    write(&path, "\n", 0o600);
    insta::assert_snapshot!(said(&home, &["--store", URL, "--store-key-file", "secret"], &[]), @"ERROR: --store-key-file names 'secret', which is empty.");
    insta::assert_snapshot!(said(&home, &["--store", URL, "--store-key-file", "nowhere"], &[]), @"ERROR: --store-key-file names 'nowhere', which cannot be read: No such file or directory.");
    let with_password = ["--store", "postgres://a:b@127.0.0.1:1/acs", "--store-password-file", "secret"];
    assert!(said(&home, &with_password, &[]).contains("--store-password-file is given, and the URL has a password."));
}

#[test]
fn a_password_file_of_libpq_that_others_can_read_is_ignored_with_a_warning() {
    let home = Folder::new();
    let path = home.path().join(".pgpass");
    let warning = "WARNING: The password file 'HOME/.pgpass' can be read or written by other users, so it is ignored. To \
        close it to them: chmod 600 HOME/.pgpass\n";
    write(&path, "*:*:*:*:Geheim\n", 0o644);
    assert!(said(&home, &["--store", URL], &[]).starts_with(warning));
    // The variable comes before it.
    assert!(!said(&home, &["--store", URL], &[("PGPASSWORD", "x")]).contains("WARNING"));
    write(&path, "*:*:*:*:Geheim\n", 0o600);
    assert!(!said(&home, &["--store", URL], &[]).contains("WARNING"));
}

#[test]
fn trusted_certificates_that_cannot_be_read_are_reported() {
    let home = Folder::new();
    let url = format!("{URL}?sslmode=verify-full&sslrootcert=ca.pem");
    insta::assert_snapshot!(said(&home, &["--store", &url], &[]), @r"
    ERROR: The file 'ca.pem' of trusted certificates cannot be read: No such file or directory.
    Hint: sslrootcert in the URL of --store names a PEM file.
    ");
    write(&home.path().join("ca.pem"), "no certificate", 0o644);
    insta::assert_snapshot!(said(&home, &["--store", &url], &[]), @r"
    ERROR: The file 'ca.pem' of trusted certificates has no certificate in PEM (-----BEGIN CERTIFICATE-----).
    Hint: sslrootcert in the URL of --store names a PEM file.
    ");
    // libpq reads this file if the URL names none.
    std::fs::create_dir(home.path().join(".postgresql")).unwrap();
    write(&home.path().join(".postgresql/root.crt"), "no certificate", 0o644);
    insta::assert_snapshot!(said(&home, &["--store", URL], &[]), @r"
    ERROR: The file 'HOME/.postgresql/root.crt' of trusted certificates has no certificate in PEM (-----BEGIN CERTIFICATE-----).
    Hint: sslrootcert in the URL of --store names a PEM file.
    ");
}

#[test]
fn new_authority_does_not_take_a_folder_where_variables_name_a_database() {
    let home = Folder::new();
    let words = ["communication", "emulator", "new-authority", "--yes"];
    let output = az(&home).args(words).env("AZURE_COMMUNICATION_EMULATOR_STORE", URL).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_STORE names a database, and this command replaces the authority of a data folder.
    Hint: Name the folder: --data-dir FOLDER. The authority in a database stays as long as the database.
    ");
}

#[test]
fn tokens_without_a_credential_are_not_given_behind_a_proxy() {
    let home = Folder::new();
    insta::assert_snapshot!(said(&home, &["--in-memory", "--token-endpoint", "--plain-http"], &[]), @r"
    ERROR: --token-endpoint cannot be given with --plain-http.
    Hint: It gives tokens without a credential to pages on this machine, and a proxy makes every client look as if it were on this machine.
    ");
    let public = ["--in-memory", "--token-endpoint", "--public-url", "https://acs.example"];
    insta::assert_snapshot!(said(&home, &public, &[]), @r"
    ERROR: --token-endpoint cannot be given with --public-url.
    Hint: It gives tokens without a credential to pages on this machine, and a proxy makes every client look as if it were on this machine.
    ");
}
