//! Tests of the command lines that another `az` gets.

use super::*;
use crate::support::listed;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

/// Returns which of these lines reach the real `az`, which ends with exit code 5.
fn passed_on(lines: &[&str]) -> Vec<bool> {
    let programs = Programs::with_real(REAL);
    lines.iter().map(|line| programs.before_real(line).code == Some(5)).collect()
}

#[test]
fn a_command_of_the_azure_cli_goes_to_the_real_az() {
    assert_eq!(passed_on(&["vm list -o table", "login", "-h", "", "version", "--debug vm"]), [true; 6]);
}

#[test]
fn a_command_of_ours_does_not_go_to_the_real_az() {
    assert_eq!(passed_on(&["communication user-identity -h", "communication identity token issue"]), [false; 2]);
}

#[test]
fn the_groups_of_the_whole_extension_go_to_the_real_az() {
    let groups = "chat create delete email link-notification-hub list list-key phonenumber phone-numbers regenerate-key \
                  rooms show sms update wait smtp-username advanced-messaging messages call-automation jobrouter";
    let lines: Vec<String> = groups.split_whitespace().map(|word| format!("communication {word} --x=@y")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(passed_on(&lines), vec![true; lines.len()]);
}

#[test]
fn the_commands_of_a_shared_group_that_are_not_ours_go_to_the_real_az() {
    assert_eq!(
        passed_on(
            &["assign", "remove", "show"]
                .map(|word| format!("communication identity {word}"))
                .each_ref()
                .map(String::as_str)
        ),
        [true; 3]
    );
}

#[test]
fn options_before_the_group_and_capital_letters_do_not_matter() {
    assert_eq!(passed_on(&["--debug communication list", "COMMUNICATION List"]), [true; 2]);
}

#[test]
fn a_configuration_that_cannot_be_read_does_not_stop_the_commands_of_others() {
    let programs = Programs::with_real(REAL);
    programs.home.write(".azure/config", "not a section\n");
    for line in ["vm list", "communication list", "--debug vm", "version"] {
        assert_eq!(programs.before_real(line).code, Some(5), "{line}");
    }
}

#[test]
fn words_are_passed_on_byte_by_byte() {
    let programs = Programs::with_real("#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done\n");
    let odd: [&[u8]; 4] = [b"\xff", b"", b"a b\n", b"@-"];
    for start in ["communication list", "vm list", "--debug vm", "communication sms send"] {
        let words: Vec<&OsStr> =
            start.split(' ').map(OsStr::new).chain(odd.iter().map(|word| OsStr::from_bytes(word))).collect();
        let mut command = programs.command(programs.az("ours").as_os_str(), &["ours", "real"], &words);
        let output = command.stderr(Stdio::null()).output().unwrap();
        let expected: Vec<u8> = words.iter().flat_map(|word| [b"<", word.as_bytes(), b">"].concat()).collect();
        assert_eq!(output.stdout, expected, "{start}");
    }
}

/// A real `az` decides itself how it handles its words.
#[test]
fn bytes_that_are_not_utf_8_are_an_error_of_our_commands_only() {
    let programs = Programs::with_real(REAL);
    let issue = "communication user-identity token issue --scope".split(' ').map(OsStr::new);
    let words: Vec<&OsStr> = issue.chain([OsStr::from_bytes(b"ch\xffat")]).collect();
    insta::assert_snapshot!(programs.before("real", &words), @"
    exit 2
    --- stderr
    ERROR: Argument 6 is not valid UTF-8: 'ch�at'.
    ");
}

#[test]
fn without_path_the_folders_of_execvp_are_searched() {
    let home = Folder::new();
    if ["/usr/bin/az", "/bin/az"].iter().any(|path| std::path::Path::new(path).exists()) {
        eprintln!("skipped: there is an az in these folders");
        return;
    }
    let seen = run(az(&home).env_remove("PATH").args(["vm", "list"]));
    assert_eq!(seen.code, Some(2), "{seen}");
}

#[test]
fn this_program_under_another_path_is_not_the_real_az() {
    let programs = Programs::new();
    programs.symlink("link", "ours");
    let seen = programs.run(programs.az("ours"), &["link", "ours"], &["vm", "list"]);
    insta::assert_snapshot!(seen.hiding(listed::in_words(&listed::names("communication")), "NAMES"), @"
    exit 2
    --- stderr
    ERROR: 'vm' is misspelled or not recognized by the system.
    If the command is from an extension, please make sure the corresponding extension is installed. To learn more about extensions, please visit 'https://learn.microsoft.com/cli/azure/azure-cli-extensions-overview'

    https://aka.ms/cli_ref
    Read more about the command in reference docs

    Hint: This az has `az communication` NAMES. It passes all other commands to the Azure CLI, which was not found further down PATH.
    ");
}

#[test]
fn a_file_that_cannot_be_run_is_skipped_where_another_az_can() {
    let programs = Programs::with_real(REAL);
    std::fs::write(programs.az("closed"), "").unwrap();
    symlink("/no/az", programs.az("dangling")).unwrap();
    std::fs::create_dir(programs.az("folder")).unwrap();
    for first in ["closed", "dangling", "folder", "missing"] {
        let seen = programs.run(programs.az("ours"), &["ours", first, "real"], &["vm"]);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(5), "real: vm\n"), "{first}");
    }
}

#[test]
fn a_folder_called_az_is_not_a_program() {
    let programs = Programs::new();
    std::fs::create_dir(programs.az("folder")).unwrap();
    let seen = programs.before("folder", &["vm"]);
    assert!(seen.code == Some(2) && seen.stderr.contains("not found further down PATH"), "{seen}");
}

#[test]
fn a_script_without_an_interpreter_is_run_by_the_shell() {
    let programs = Programs::new();
    programs.script("plain", "echo \"plain: $*\"; exit 7\n");
    insta::assert_snapshot!(programs.before("plain", &["vm", "list"]), @"
    exit 7
    --- stdout
    plain: vm list
    ");
}
