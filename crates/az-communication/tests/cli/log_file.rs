//! Tests of the log file that the configuration turns on.

use super::verbose::without_digits;
use super::*;
use crate::support::world::World;
use insta::assert_snapshot;
use std::os::unix::fs::PermissionsExt as _;

/// Returns the log file after these command lines, which an emulator answers.
fn log(lines: &[&str]) -> String {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    home.write(".azure/config", "[logging]\nenable_log_file = true\n");
    for line in lines {
        run(emulator.az(&home).args(["communication", "user-identity"]).args(line.split(' ')));
    }
    let path = home.path().join(".azure/logs/az.log");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn without_configuration_it_is_not_written() {
    let home = Folder::new();
    run(&mut line(&home, "user-identity nonsense"));
    assert!(!home.path().join(".azure/logs").exists());
}

#[test]
fn a_line_has_the_process_the_time_the_level_and_the_logger() {
    let log = log(&["nonsense"]);
    let fields: Vec<&str> = log.lines().next().unwrap().splitn(5, " : ").collect();
    assert!(fields[0].parse::<u32>().is_ok(), "{log}");
    assert_eq!(without_digits(fields[1]), "NNNN-NN-NN NN:NN:NN,NNN");
    assert_eq!(fields[2..4], ["DEBUG", "cli.azext_communication"]);
}

#[test]
fn it_holds_requests_and_responses_also_where_only_errors_are_shown() {
    let log = log(&["user create --only-show-errors"]);
    for part in ["INFO : cli.azext_communication : Request URL: ", "Response status: 201\n", "Command ran in "] {
        assert!(log.contains(part), "{part} is not in\n{log}");
    }
}

#[test]
fn it_holds_errors() {
    let log = log(&["user create", "nonsense"]);
    assert!(log.contains(" : ERROR : cli.azext_communication : 'nonsense' is misspelled"), "{log}");
}

#[test]
fn it_does_not_hold_tokens() {
    let log = log(&["token issue --scope chat"]);
    assert!(log.contains("Response status: 201\n") && !log.contains("eyJ"), "{log}");
}

#[test]
fn a_large_one_is_renamed_and_five_are_kept() {
    let home = Folder::new();
    home.write(".azure/config", "[logging]\nenable_log_file = yes\nlog_dir = ~/my logs\n");
    let file = |name: &str| home.path().join("my logs").join(name);
    home.write("my logs/az.log", vec![b'x'; 10 * 1024 * 1024]);
    for number in 1..=5 {
        home.write(&format!("my logs/az.log.{number}"), format!("file {number}"));
    }
    let seen = run(&mut line(&home, "user-identity -h"));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""));
    assert!(std::fs::read_to_string(file("az.log")).unwrap().contains("Command ran in "));
    assert_eq!(std::fs::metadata(file("az.log.1")).unwrap().len(), 10 * 1024 * 1024);
    assert_eq!(std::fs::read_to_string(file("az.log.5")).unwrap(), "file 4");
    assert!(!file("az.log.6").exists());
}

/// Returns the warning of a command whose log file is to be created in that folder.
fn warning(folder: &str) -> String {
    let home = Folder::new();
    home.write("file", "");
    home.write("is-a-folder/az.log/x", "");
    let folder = home.path().join(folder);
    home.write(".azure/config", format!("[logging]\nenable_log_file = true\nlog_dir = {}\n", folder.display()));
    let seen = run(&mut line(&home, "user-identity -h")).hiding_home(&home);
    assert!(seen.code == Some(0) && !seen.stdout.is_empty(), "{seen}");
    seen.stderr
}

#[test]
fn a_file_in_place_of_its_folder_is_a_warning() {
    assert_snapshot!(warning("file"), @"WARNING: The log file HOME/file/az.log cannot be written: File exists.");
}

#[test]
fn a_folder_in_its_place_is_a_warning() {
    assert_snapshot!(warning("is-a-folder"), @"WARNING: The log file HOME/is-a-folder/az.log cannot be written: it is not a regular file.");
}
