//! Tests of the man pages.

use std::process::Command;

use az_communication::commands::table::TABLE;
use insta::assert_snapshot;

use super::dist::{Unpacked, stdout};
use super::support::{Folder, az, listed};

/// Makes the pages with this program.
fn written() -> Folder {
    let folder = Folder::new();
    let mut command = az(&folder);
    stdout(command.args(["communication", "manual", "--out-dir", "man1"]));
    folder
}

/// Returns a page as `man` shows it, without its head and foot, which contain the date.
fn shown(folder: &Folder, name: &str) -> String {
    let mut mandoc = Command::new("mandoc");
    mandoc.args(["-T", "utf8", "-O", "width=100"]).arg(folder.path().join("man1").join(name));
    let text = stdout(&mut mandoc);
    // Bold characters are printed twice, with a backspace in between.
    let mut plain = String::new();
    for character in text.chars() {
        if character == '\u{8}' {
            plain.pop();
        } else {
            plain.push(character);
        }
    }
    let lines: Vec<&str> = plain.trim_end().lines().collect();
    lines[1..lines.len() - 1].join("\n").trim_matches('\n').to_owned()
}

#[test]
#[ignore = "needs mandoc, which scripts/test.sh installs"]
fn a_page_of_a_command_reads_so() {
    let mut formats = listed::formats().to_vec();
    formats.sort_unstable();
    let page = shown(&written(), "az-communication-user-identity-token-revoke.1");
    assert_snapshot!(page.replace(&formats.join(", "), "FORMATS"), @r#"
    NAME
           az-communication-user-identity-token-revoke - Revokes all access tokens for the specific ACS
           Identity

    SYNOPSIS
           az-communication token revoke --user USER [OPTION…]

    DESCRIPTION
           Revokes all access tokens for the specific ACS Identity.

    OPTIONS
           --user USER
                  ACS identifier.
                  Required.

           --yes, -y
                  Do not prompt for confirmation.

       Communication options
           --auth-mode AUTH-MODE
                  Whether to use the access key of the connection string, or your login: an application
                  or a workload identity in the environment, a managed identity, or az login.
                  Environment variable: AZURE_COMMUNICATION_AUTH_MODE.
                  Allowed values: key, login.

           --connection-string CONNECTION-STRING
                  Communication connection string.  Environment variable:
                  AZURE_COMMUNICATION_CONNECTION_STRING.

           --endpoint ENDPOINT
                  Endpoint of the resource, for calls without a key.  Environment variable:
                  AZURE_COMMUNICATION_ENDPOINT.

       Global options
           --debug
                  Increase logging verbosity to show all debug logs.

           -h, --help
                  Show this help message and exit.

           --only-show-errors
                  Only show errors, suppressing warnings.

           --output OUTPUT, -o OUTPUT
                  Output format.
                  Allowed values: FORMATS.  Default: json.

           --query QUERY
                  JMESPath query string.  See http://jmespath.org/ for more information and examples.

           --subscription SUBSCRIPTION
                  Name or ID of subscription.  You can configure the default subscription using az
                  account set -s NAME_OR_ID.

           --verbose
                  Increase logging verbosity.  Use --debug for full debug logs.

    EXAMPLES
           Revoke access tokens:

               az-communication token revoke --user "8:acs:xxxxxx"

    SEE ALSO
           az-communication-user-identity-token(1), https://github.com/acs-identity/az-communication
    "#);
}

#[test]
#[ignore = "needs mandoc, which scripts/test.sh installs"]
fn the_page_of_the_program_reads_so() {
    let page = shown(&written(), "az-communication.1");
    assert_snapshot!(listed::page(&page, &listed::own_names()), @r"
    NAME
           az-communication - Users and access tokens of Azure Communication Services, and an emulator
           of the service

    SYNOPSIS
           az-communication COMMAND [OPTION…]

    DESCRIPTION
           Users and access tokens of Azure Communication Services, and an emulator of the service.

           You may write communication and user-identity before these words.

    GROUPS
        …

    COMMANDS
        …

    ENVIRONMENT
           AZURE_COMMUNICATION_CONNECTION_STRING
                  The connection string of the resource, if --connection-string is not given.

           AZURE_COMMUNICATION_ENDPOINT
                  The endpoint of the resource, for calls without a key.

           AZURE_CONFIG_DIR
                  The folder of the configuration, instead of ~/.azure.

           NO_COLOR
                  Any value except an empty one turns colours off.

    FILES
           ~/.azure/config
                  The configuration, which the program shares with the Azure CLI.

    EXIT STATUS
           0      The command succeeded.

           1      The service refused the request; or something could not be reached, read or written;
                  or some of many items failed; or the result of a check is negative.

           2      The command line is wrong, or an option that the Azure CLI lacks has a value that
                  cannot be read.  Nothing was done.

           3      The service answered 404.  A batch ends with 1 instead.

           126    A program exists but cannot be run: the next az on PATH, or the command of emulator
                  run.

           127    The command of emulator run was not found.

           130    The command was interrupted by Ctrl-C.

    SEE ALSO
           https://github.com/acs-identity/az-communication
    ");
}

#[test]
#[ignore = "needs mandoc, which scripts/test.sh installs"]
fn mandoc_has_nothing_to_say_about_any_page() {
    let folder = written();
    let pages = std::fs::read_dir(folder.path().join("man1")).unwrap().map(|entry| entry.unwrap().path());
    // Pages that are links have no other content.
    let is_page = |path: &std::path::PathBuf| !std::fs::read_to_string(path).unwrap().starts_with(".so ");
    let output = Command::new("mandoc").args(["-T", "lint", "-W", "warning"]).args(pages.filter(is_page)).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    // Without SOURCE_DATE_EPOCH, a page has no date.
    let said: Vec<&str> = said.lines().filter(|line| !line.contains("missing date")).collect();
    assert_eq!(said, [""; 0]);
}

#[test]
fn every_command_and_group_has_a_page_and_so_has_what_is_typed_in_short() {
    let folder = written();
    let has = |name: String| folder.path().join("man1").join(format!("{name}.1")).exists();
    let paths = TABLE.commands.iter().map(|command| command.path).chain(TABLE.groups.iter().map(|group| group.path));
    for path in paths {
        assert!(has(format!("az-{}", path.replace(' ', "-"))), "{path}");
    }
    let page = folder.path().join("man1/az-communication-token-issue.1");
    assert_eq!(std::fs::read_to_string(page).unwrap(), ".so man1/az-communication-user-identity-token-issue.1\n");
}

#[test]
fn every_option_of_a_command_is_on_its_page() {
    let folder = written();
    for command in TABLE.commands {
        let name = format!("man1/az-{}.1", command.path.replace(' ', "-"));
        let page = std::fs::read_to_string(folder.path().join(name)).unwrap();
        let deprecated = command.path.starts_with("communication identity");
        for argument in TABLE.arguments(command).filter(|argument| !(argument.extension && deprecated)) {
            for option in argument.options {
                assert!(page.contains(&option.replace('-', "\\-")), "{}: {option}", command.path);
            }
        }
    }
}

#[test]
fn pages_are_dated_by_source_date_epoch_and_the_same_every_day_without_it() {
    let folder = Folder::new();
    let head = |epoch: &str| {
        let mut command = az(&folder);
        command.env("SOURCE_DATE_EPOCH", epoch).args(["communication", "manual", "--out-dir", "."]);
        let output = command.output().unwrap();
        if !output.status.success() {
            return String::from_utf8(output.stderr).unwrap();
        }
        let page = std::fs::read_to_string(folder.path().join("az-communication-token-issue.1")).unwrap();
        assert!(page.starts_with(".so "), "{page}");
        let page = std::fs::read_to_string(folder.path().join("az-communication.1")).unwrap();
        page.lines().next().unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION")
    };
    assert_snapshot!(head("1795694400"), @r#".TH "AZ\-COMMUNICATION" 1 "2026\-11\-26" "az\-communication VERSION" "User Commands""#);
    assert_snapshot!(head(""), @r#".TH "AZ\-COMMUNICATION" 1 "" "az\-communication VERSION" "User Commands""#);
    assert_snapshot!(head("today"), @"ERROR: SOURCE_DATE_EPOCH must be a number of seconds, but it is 'today'.");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_tarball_has_the_pages_of_its_program() {
    let unpacked = Unpacked::new();
    let folder = written();
    let entries = std::fs::read_dir(folder.path().join("man1")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(unpacked.names("man/man1"), names);
}

#[test]
fn the_synopsis_has_the_command_that_is_run_behind_the_options() {
    let page = std::fs::read_to_string(written().path().join("man1/az-communication-emulator-run.1")).unwrap();
    let synopsis = page.split_once(".SH \"SYNOPSIS\"\n").unwrap().1.split_once(".SH").unwrap().0;
    assert_eq!(synopsis, "\\fBaz\\-communication emulator run\\fR [\\fIOPTION\\[u2026]\\fR] \\fICOMMAND\\fR\n");
}
