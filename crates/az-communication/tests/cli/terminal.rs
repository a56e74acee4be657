//! Tests on a terminal: colours, questions and Ctrl-C.

use super::*;
use crate::support::terminal::{self, Collector, open};
use crate::support::world::World;
use insta::assert_snapshot;
use std::io::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Replaces escape sequences by readable words.
fn visible(seen: Seen) -> Seen {
    seen.hiding('\u{1b}', "ESC")
}

#[test]
fn errors_and_warnings_have_colors() {
    assert_snapshot!(visible(terminal::run(&mut line(&Folder::new(), "user-identity user create"))), @"
    exit 1
    --- stderr
    ESC[93mCommand group 'communication user-identity user' is in preview and under development. Reference and support levels: https://aka.ms/CLI_refstatusESC[0m
    ESC[91mPlease specify --connection-string, or set AZURE_COMMUNICATION_CONNECTION_STRING.ESC[0m
    Hint: The Azure portal shows it under Settings > Keys of the Communication Services resource.
    Hint: Without a key: --endpoint URL, with an application, workload or managed identity of the environment.
    Hint: To work offline: az communication emulator run -- COMMAND
    ");
}

#[test]
fn the_variables_of_no_color_and_of_the_reference_turn_colors_off() {
    for (name, value) in [("NO_COLOR", "1"), ("AZURE_CORE_NO_COLOR", "true")] {
        let seen = terminal::run(line(&Folder::new(), "user-identity user create").env(name, value));
        assert!(seen.stderr.contains("ERROR: Please specify") && !seen.stderr.contains('\u{1b}'), "{name}: {seen}");
    }
}

#[test]
fn a_usage_error_has_colors() {
    assert_snapshot!(visible(terminal::run(&mut line(&Folder::new(), "identity tokn"))), @"
    exit 2
    --- stderr
    ESC[91m'tokn' is misspelled or not recognized by the system.ESC[0m
    Did you mean 'token' ?
    ");
}

/// Returns the output of `user create` on a terminal in that format.
fn created(format: &str) -> Seen {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    let mut command = emulator.az(&home);
    command.args("communication user-identity user create --only-show-errors -o".split(' ')).arg(format);
    visible(terminal::run(&mut command)).hiding_ids()
}

#[test]
fn a_table_has_no_colors() {
    assert_snapshot!(created("table"), @"
    exit 0
    --- stdout
    RawId
    -------------------------------------------------------------------------------
    USER
    ");
}

#[test]
fn colored_json_has_the_colors_of_the_reference() {
    assert_snapshot!(created("jsonc"), @r#"
    exit 0
    --- stdout
    {
      ESC[94m"properties"ESC[39;49;00m: {
        ESC[94m"id"ESC[39;49;00m: ESC[33m"USER"ESC[39;49;00m
      },
      ESC[94m"rawId"ESC[39;49;00m: ESC[33m"USER"ESC[39;49;00m
    }ESC[37mESC[39;49;00m
    "#);
}

/// A `user delete` that waits for the answer to its question.
struct Asked {
    child: Child,
    keyboard: std::fs::File,
    screen: Collector,
    _home: Folder,
}

impl Asked {
    fn new() -> Self {
        let ((keyboard, stdin), (out, stdout)) = (open(), open());
        let home = Folder::new();
        let mut command = line(&home, "user-identity user delete --user 8:acs:a_b --only-show-errors");
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://localhost:1/;accesskey=d3Jvbmcga2V5");
        let child = command.stdin(stdin).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
        let asked = Self { child, keyboard, screen: Collector::new(out), _home: home };
        asked.wait_for_question(1);
        asked
    }

    fn wait_for_question(&self, times: usize) {
        let started = Instant::now();
        while self.screen.so_far().matches("(y/n): ").count() < times {
            assert!(started.elapsed() < Duration::from_secs(30), "{}", self.screen.so_far());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn end(self) -> Seen {
        support::seen::seen(self.child.wait_with_output().unwrap())
    }
}

#[test]
fn ctrl_c_at_a_question_ends_with_130() {
    let asked = Asked::new();
    assert!(Command::new("kill").args(["-INT", &asked.child.id().to_string()]).status().unwrap().success());
    assert_eq!(asked.end().code, Some(130));
}

#[test]
fn an_answer_that_is_not_utf_8_is_asked_for_again() {
    let mut asked = Asked::new();
    for (times, answer) in [(2, &b"\xff\n"[..]), (3, b"y\xfe\n")] {
        asked.keyboard.write_all(answer).unwrap();
        asked.wait_for_question(times);
    }
    asked.keyboard.write_all(b"n\n").unwrap();
    assert_snapshot!(asked.end(), @"
    exit 1
    --- stderr
    ERROR: Operation cancelled.
    ");
}
