//! Tests of the config file: its format, its options, and the messages if it cannot be read.

use super::*;
use crate::support::listed;
use crate::support::seen::each;
use insta::assert_snapshot;

const ISSUE: &str = "token issue --scope chat --user 8:acs:x --query user_id";

/// Starts a service that issues tokens, with a config file of this text.
fn with_config(text: impl AsRef<[u8]>) -> Service {
    let service = Service::issuing();
    service.home.write(".azure/config", text);
    service
}

#[test]
fn the_line_ends_of_old_macs_are_read() {
    assert_snapshot!(with_config("[core]\routput = tsv\r").shows(ISSUE), @"
    exit 0
    --- stdout
    8:acs:x
    ");
}

#[test]
fn a_folder_in_place_of_the_file_is_a_warning() {
    let service = Service::issuing();
    std::fs::create_dir_all(service.home.path().join(".azure/config")).unwrap();
    assert_snapshot!(service.shows(ISSUE), @r#"
    exit 0
    --- stdout
    "8:acs:x"
    --- stderr
    WARNING: The config file HOME/.azure/config cannot be read and is ignored: Is a directory.
    "#);
}

#[test]
fn a_file_that_is_not_utf_8_is_an_error() {
    assert_snapshot!(with_config(b"[core]\nx = \xff\n").shows(ISSUE), @"
    exit 1
    --- stderr
    ERROR: The config file HOME/.azure/config cannot be read: it is not UTF-8.
    Hint: Correct the file, or set AZURE_CONFIG_DIR to another directory.
    ");
}

#[test]
fn a_reference_to_an_option_that_does_not_exist_is_an_error() {
    assert_snapshot!(with_config("[core]\noutput = %(x)s\n").shows(ISSUE), @"
    exit 1
    --- stderr
    ERROR: The config option core.output cannot be read: it refers to the option 'x', which does not exist.
    ");
}

#[test]
fn a_global_option_that_cannot_be_read_ends_every_command() {
    let service = Service::issuing();
    for (option, value) in [("no_color", "maybe"), ("only_show_errors", ""), ("output", "%(x)s"), ("output", "%")] {
        service.home.write(".azure/config", format!("[core]\n{option} = {value}\n"));
        for line in [ISSUE, "token issue", "user create -h", "token isue"] {
            let seen = service.shows(line);
            let error = format!("ERROR: The config option core.{option} ");
            assert!(seen.code == Some(1) && seen.stderr.starts_with(&error), "{line}: {seen}");
        }
    }
    assert_eq!(service.requests(), []);
}

#[test]
fn an_option_of_usage_errors_that_cannot_be_read_ends_them() {
    assert_snapshot!(with_config("[core]\nerror_recommendation = %\n").shows("token isue"), @"
    exit 1
    --- stderr
    ERROR: The config option core.error_recommendation cannot be read: a '%' must be written as '%%'.
    ");
}

#[test]
fn an_unknown_output_format_is_an_error_before_anything_is_sent() {
    let service = with_config("[core]\noutput = xml\n");
    // In the order of the reference.
    let mut formats = listed::formats().to_vec();
    formats.sort_unstable();
    assert_snapshot!(service.shows(ISSUE).hiding(formats.join(", "), "FORMATS"), @"
    exit 1
    --- stderr
    ERROR: 'xml' is not a valid value for 'core.output'. Allowed values: FORMATS.
    Hint: Correct AZURE_CORE_OUTPUT, or [core] output in the config file.
    ");
    assert_eq!(service.requests(), []);
}

#[test]
fn an_unknown_output_format_is_an_error_after_the_question_only() {
    assert_snapshot!(with_config("[core]\noutput = xml\n").shows("user delete --user 8:acs:x"), @"
    exit 1
    --- stderr
    WARNING: Unable to prompt for confirmation as no tty available. Use --yes.
    ERROR: Operation cancelled.
    ");
}

#[test]
fn an_unknown_output_format_does_not_matter_to_a_command_without_a_result() {
    let service = with_config("[core]\noutput = xml\n");
    let seen = service.shows("user delete --user 8:acs:x --yes");
    assert!(!seen.stderr.contains("xml"), "{seen}");
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn help_names_the_output_format_in_force() {
    let home = Folder::new();
    let default = |command: &mut Command| {
        let seen = run(command.args("communication identity user create -h".split(' ')));
        seen.stdout.lines().find_map(|line| line.split_once("Default: ")).unwrap().1.to_owned()
    };
    assert_snapshot!(default(&mut az(&home)), @"json.");
    assert_snapshot!(default(az(&home).env("AZURE_CORE_OUTPUT", "tsv")), @"tsv.");
    home.write(".azure/config", "[core]\noutput = table\n");
    assert_snapshot!(default(&mut az(&home)), @"table.");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn without_home_the_folder_comes_from_the_passwd_file() {
    let home = Folder::new();
    let passwd = format!("#x:x:0:0::/wrong:\nroot:x:0:0::{}/his:/bin/sh\n", home.path().display());
    home.write("passwd", passwd);
    home.write("his/.azure/config", "[core]\noutput = nonsense\n");
    let shell = "mount --bind passwd /etc/passwd || exit 77; unset HOME AZURE_CONFIG_DIR; exec \"$0\" \"$@\"";
    let mut command = support::other_program("/usr/bin/unshare", &home);
    command.args(["-m", "/bin/sh", "-c", shell, support::AZ]);
    let seen = run(command.args("communication user-identity token inspect --token x".split(' ')));
    if seen.code == Some(77) || seen.stderr.contains("unshare") {
        eprintln!("skipped: only root can replace /etc/passwd");
        return;
    }
    assert!(seen.stderr.contains("'nonsense' is not a valid value for 'core.output'"), "{seen}");
}

#[test]
fn a_connection_string_is_not_read_from_a_file_that_the_environment_or_the_config_file_names() {
    let home = Folder::new();
    home.write("cs.txt", "endpoint=https://c.example/;accesskey=AAAA");
    let create = |source: &str| {
        let mut command = line(&home, "user-identity user create");
        match source {
            "variable" => drop(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "@cs.txt")),
            _ => drop(home.write(".azure/config", "[communication]\nconnection_string = @cs.txt\n")),
        }
        run(&mut command)
    };
    assert_snapshot!(each(["variable", "config file"], create), @r#"
    > variable
    exit 1
    --- stderr
    ERROR: AZURE_COMMUNICATION_CONNECTION_STRING is '@cs.txt', but only arguments are read from files.
    Hint: Give --connection-string @FILE, or AZURE_COMMUNICATION_CONNECTION_STRING="$(cat FILE)".

    > config file
    exit 1
    --- stderr
    ERROR: [communication] connection_string of the config file is '@cs.txt', but only arguments are read from files.
    Hint: Give --connection-string @FILE, or the text itself.
    "#);
}
