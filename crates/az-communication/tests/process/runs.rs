//! Tests of what a run keeps and what it does not change.

use super::*;

/// Returns `emulator run` with these options and a shell script as the command.
fn run(home: &Folder, options: &[&str], script: &str) -> Command {
    let mut command = az(home);
    command.args(["communication", "emulator", "run"]).args(options).args(["--", "sh", "-c", script]);
    command
}

const CREATE: &str = "az communication user-identity user create --only-show-errors --query rawId -o tsv";

#[test]
fn a_run_with_a_data_folder_finds_what_the_one_before_made() {
    let home = Folder::new();
    let made = run(&home, &["--data-dir", "data"], CREATE).output().unwrap();
    let user = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert!(user.starts_with("8:acs:"), "{}", String::from_utf8_lossy(&made.stderr));
    let issue = format!("az communication user-identity token issue --scope chat --user {user} --query userId -o tsv");
    let run_again = |options: &[&str]| run(&home, options, &issue).output().unwrap();
    assert!(run_again(&["--data-dir", "data"]).status.success(), "the resource is the same");
    // Without the option, the data is in memory, even if the variable of `start` is set.
    let mut elsewhere = run(&home, &[], &issue);
    let elsewhere = elsewhere.env("AZURE_COMMUNICATION_EMULATOR_DATA_DIR", home.path().join("data")).output().unwrap();
    assert!(String::from_utf8_lossy(&elsewhere.stderr).contains("IdentityNotOwned"));
    let mut named = run(&home, &[], &issue);
    let named = named.env("AZURE_COMMUNICATION_EMULATOR_RUN_DATA_DIR", home.path().join("data")).output().unwrap();
    assert!(named.status.success(), "{}", String::from_utf8_lossy(&named.stderr));
    assert_eq!(run_folders(&home), [] as [PathBuf; 0]);
}

/// The manual describes this kind of backup.
#[test]
fn a_copy_of_the_data_folder_is_a_backup() {
    let home = Folder::new();
    let create = |folder: &str| {
        let output = run(&home, &["--data-dir", folder], CREATE).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let kept = create("data");
    let copy = |from: &str, to: &str| {
        let (from, to) = (home.path().join(from), home.path().join(to));
        assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
    };
    copy("data", "backup");
    let later = create("data");
    std::fs::rename(home.path().join("data"), home.path().join("former")).unwrap();
    copy("backup", "data");
    let show = |user: &str| {
        let script = format!("az communication user-identity user show --user {user}");
        run(&home, &["--data-dir", "data"], &script).output().unwrap().status.success()
    };
    assert!(show(&kept) && !show(&later));
    let authority = |folder: &str| std::fs::read(home.path().join(folder).join("ca.pem")).unwrap();
    assert_eq!(authority("data"), authority("former"));
}

#[test]
fn the_hints_about_the_data_folder_of_a_run_name_options_that_it_has() {
    let home = Folder::new();
    let (mut living, _stdout) = ready(&mut run(&home, &["--data-dir", "data"], "echo ready; exec sleep 60"));
    let said = [
        refusal(&mut run(&home, &["--data-dir", "data"], "true")),
        refusal(&mut run(&home, &["--data-dir", "/proc/nowhere"], "true")),
        refusal_with(2, &mut run(&home, &["--data-dir", ""], "true")),
        refusal(az(&home).args(["communication", "emulator", "new-authority", "--yes", "--data-dir", "data"])),
    ];
    insta::assert_snapshot!(said.concat().replace(home.path().to_str().unwrap(), "HOME"), @"
    ERROR: The emulator cannot start: the data folder HOME/data is in use by another emulator.
    Hint: Stop the other emulator, use another folder (--data-dir), or leave out --data-dir.
    ERROR: The emulator cannot start: /proc/nowhere cannot be used: No such file or directory.
    Hint: Use another folder (--data-dir), or leave out --data-dir.
    ERROR: --data-dir is empty.
    ERROR: No authority was made: the data folder HOME/data is in use by another emulator.
    Hint: Stop the emulator first, and start it again afterwards.
    ");
    kill("TERM", living.id());
    wait(&mut living);
}

#[test]
fn the_command_keeps_its_own_credentials_where_that_is_asked_for() {
    let home = Folder::new();
    const OWN: &str = "AZURE_CLIENT_ID=mine\nAZURE_TENANT_ID=contoso\n";
    let script = "env | grep -E '^(AZURE_(CLIENT|TENANT|AUTHORITY|POD)|IDENTITY_)' | sort; \
                  test -n \"$AZURE_COMMUNICATION_CONNECTION_STRING\" && test -s \"$SSL_CERT_FILE\" || echo nothing";
    let variables = |options: &[&str], value: &str| {
        let mut command = run(&home, options, script);
        command.env("AZURE_CLIENT_ID", "mine").env("AZURE_TENANT_ID", "contoso");
        command.env("AZURE_COMMUNICATION_EMULATOR_KEEP_CREDENTIALS", value);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert_eq!(variables(&["--keep-credentials"], ""), OWN);
    assert_eq!(variables(&[], "yes"), OWN);
    let names = variables(&[], "");
    let names: Vec<&str> = names.lines().map(|line| line.split_once('=').unwrap().0).collect();
    assert_eq!(
        names,
        [
            "AZURE_AUTHORITY_HOST",
            "AZURE_CLIENT_ID",
            "AZURE_CLIENT_SECRET",
            "AZURE_POD_IDENTITY_AUTHORITY_HOST",
            "AZURE_TENANT_ID",
            "IDENTITY_ENDPOINT",
            "IDENTITY_HEADER"
        ]
    );
}

#[test]
fn a_token_for_another_service_is_said_once_with_the_option_that_leaves_credentials_alone() {
    let home = Folder::new();
    let ask = |resource: &str| {
        format!(
            "curl -sS --fail --cacert \"$SSL_CERT_FILE\" -H \"X-IDENTITY-HEADER: $IDENTITY_HEADER\" \
             -o /dev/null \"$IDENTITY_ENDPOINT?api-version=2019-08-01&resource={resource}\" || exit 9\n"
        )
    };
    let vault = ask("https://vault.azure.net");
    let script = [ask("https://communication.azure.com/"), vault.clone(), vault].concat();
    let output = run(&home, &[], &script).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let warnings: Vec<&str> =
        stderr.lines().filter_map(|line| line.split_once(" WARN  ")).map(|(_, said)| said).collect();
    insta::assert_snapshot!(warnings.join("\n"), @"the emulator issued a token for 'https://vault.azure.net', which only the emulator accepts; 'emulator run --keep-credentials' keeps the credentials of the user");
}

#[test]
fn a_run_in_memory_uses_no_folder_that_a_variable_names() {
    let home = Folder::new();
    let mut named = run(&home, &["--in-memory"], "true");
    let ended = named.env("AZURE_COMMUNICATION_EMULATOR_RUN_DATA_DIR", home.path().join("kept")).output().unwrap();
    assert!(ended.status.success() && !home.path().join("kept").exists(), "{ended:?}");
    let both = run(&home, &["--in-memory", "--data-dir", "kept"], "true").output().unwrap();
    assert_eq!(both.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8_lossy(&both.stderr), @"
    ERROR: --in-memory and --data-dir cannot be given together.
    Hint: Leave out one of them. Data in memory is not stored in a folder.
    ");
}
