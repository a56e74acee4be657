//! Tests of texts that name commands.

use std::path::Path;

use az_communication::commands::table::TABLE;
use insta::assert_snapshot;

use super::*;
use crate::support::listed;

/// Returns all help pages, each with the words that request it.
fn pages(home: &Folder, name: &str) -> Vec<(String, String)> {
    // An example of the page reads the man page of the package.
    let page = |seen: Seen| (seen.stdout + &seen.stderr).replace("man az-communication", "man PAGE");
    let paths = TABLE.groups.iter().map(|group| group.path).chain(TABLE.commands.iter().map(|command| command.path));
    paths
        .map(|path| {
            let seen = run(called(name, home).args(path.split(' ')).arg("-h"));
            assert_eq!(seen.code, Some(0), "{path}: {seen}");
            (path.to_owned(), page(seen))
        })
        .collect()
}

#[test]
fn no_page_names_a_command_by_another_name() {
    let home = Folder::new();
    for (path, page) in pages(&home, "acs") {
        assert!(page.contains("\n    acs"), "{path}: {page}");
        assert!(
            !page.contains("az communication") && !page.contains("az-communication") && !page.contains('{'),
            "{path}: {page}"
        );
    }
    for (path, page) in pages(&home, "az") {
        assert!(page.contains(&format!("\n    az {path} : ")) && !page.contains("az-communication"), "{path}: {page}");
    }
}

/// Each text must name commands through `Program`, because the program has more than one name.
#[test]
fn no_text_in_the_sources_has_a_command_line_of_az() {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let lines = text.split("#[cfg(test)]").next().unwrap().lines().map(str::trim);
                let lines = lines.filter(|line| !line.starts_with("//") && line.contains("az communication"));
                found.extend(lines.map(str::to_owned));
            }
        }
    }
    let mut found = Vec::new();
    for of in ["az-communication", "acs-identity", "acs-identity-protocol", "acs-identity-emulator"] {
        look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(of).join("src"), &mut found);
    }
    found.sort();
    assert_snapshot!(found.join("\n"), @r#"
    "az communication",
    format!("`az communication` {} and {last}", names.join(", "))
    "#);
}

#[test]
fn examples_have_the_name_and_the_short_words() {
    let page = own(&Folder::new(), "emulator run -h").stdout;
    assert_snapshot!(page.split_once("Examples\n").unwrap().1, @"
    Issue an access token offline
        az-communication emulator run -- az-communication token issue --scope chat

    Run the tests of an app
        az-communication emulator run -- pytest

    Keep the identities for the next run, beside the app's own database
        az-communication emulator run --data-dir .acs -- uvicorn app:app

    Run the tests of a web page with the identities of a file
        az-communication emulator run --seed seed.yaml --token-endpoint --allow-origin
        https://app.example -- npm test
    ");
}

#[test]
fn the_page_of_a_group_has_the_name_and_the_short_words() {
    assert_snapshot!(own(&Folder::new(), "identity -h"), @"
    exit 0
    --- stdout

    Group
        az-communication identity : Commands to manage user identities and their tokens for a
        Communication Service resource.

    Subgroups:
        token [Deprecated] : Commands to manage user tokens for a Communication Service resource.
        user  [Deprecated] : Commands to manage user identities for a Communication Service resource.
    ");
}

#[test]
fn hints_have_the_name() {
    let home = Folder::new();
    let seen = own(&home, "user create --connection-string UseDevelopmentEmulator=true");
    assert_snapshot!(seen.hiding_home(&home), @"
    exit 1
    --- stderr
    ERROR: No emulator was started here yet: HOME/.azure/communication-emulator/ca.pem does not exist.
    Hint: Start one with `az-communication emulator start`.
    Hint: If one runs in memory, or with another data folder: use the `connectionString` of its ready line, and set REQUESTS_CA_BUNDLE to its `caBundle`.
    ");
}

#[test]
fn usage_errors_and_their_examples_have_the_name() {
    let home = Folder::new();
    let formats = listed::formats().join(", ");
    assert_snapshot!(own(&home, "token issue --scope chat -o xml").hiding(formats, "FORMATS"), @r#"
    exit 2
    --- stderr
    ERROR: az-communication token issue: 'xml' is not a valid value for '--output'. Allowed values: FORMATS.

    Examples from command's help:
    az-communication token issue --scope chat
    Issue access token

    az-communication token issue --scope chat voip --user "8:acs:xxxxxx"
    Issue access token with multiple scopes and user
    "#);
    assert_snapshot!(own(&home, "user show -o tsv"), @r#"
    exit 2
    --- stderr
    ERROR: the following arguments are required: --user

    Examples from command's help:
    az-communication user show --user "8:acs:xxxxxx"
    Show an ACS user
    "#);
}

#[test]
fn warnings_about_deprecated_groups_have_the_short_words() {
    assert_snapshot!(own(&Folder::new(), "identity user delete -y --user 8:acs:x"), @"
    exit 1
    --- stderr
    WARNING: This command is implicitly deprecated because command group 'identity user' is deprecated and will be removed in a future release. Use 'user' instead.
    ERROR: Please specify --connection-string, or set AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}

#[test]
fn a_login_that_fails_names_the_program() {
    let home = Folder::new();
    let seen = own(&home, "user create --endpoint https://localhost:1 --auth-mode login");
    // It depends on the machine whether a managed identity answers.
    assert_snapshot!(seen.without_lines("managed identity:"), @"
    exit 1
    --- stderr
    ERROR: No credential returned an Entra token.
      environment: AZURE_TENANT_ID and AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not set
      workload identity: AZURE_FEDERATED_TOKEN_FILE is not set
      az login: the Azure CLI was not found on PATH
    Hint: Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or install the Azure CLI, which az-communication then calls, and sign in with `az login`.
    Hint: To use an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    ");
}
