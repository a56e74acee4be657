//! The page of an emulator in the background.

use super::support::browser::{code_of, works_once};
use super::support::terminal;
use super::*;

#[test]
fn a_start_in_the_background_opens_the_page_once() {
    let home = Folder::new();
    // A second URL would be another line.
    let browser = home.program("browser", "#!/bin/sh\nprintf '%s\\n' \"$@\" >> urls\n");
    let mut command = az(&home);
    command.args(DETACH).args(["--in-memory", "--open", "--log-requests"]).env("BROWSER", browser);
    command.env("AZURE_COMMUNICATION_EMULATOR_OPEN", "yes");
    let emulator = Background::of(command.output().unwrap());
    let url = until("the page is opened", || std::fs::read_to_string(home.path().join("urls")).ok());
    assert_eq!(emulator.ready["dashboard"], format!("http://localhost:{}/emulator/", emulator.port()));
    let code = code_of(url.trim_end(), emulator.port());
    works_once(&code, emulator.port());
    emulator.stop();
    for text in [emulator.ready.to_string(), emulator.said.clone(), emulator.text("logFile")] {
        assert!(!text.contains(&code), "{text}");
    }
    assert!(emulator.text("logFile").contains("/emulator/page/code"));
    assert_eq!(std::fs::read_to_string(home.path().join("urls")).unwrap(), url);
}

#[test]
fn a_terminal_shows_its_url_with_a_code() {
    let home = Folder::new();
    let seen =
        terminal::run(az(&home).args(DETACH).args(["--in-memory", "--access-key", "c2VjcmV0IHNlY3JldCBzZWNyZXQ="]));
    assert_eq!(seen.code, Some(0), "{seen}");
    let emulator = Background { ready: serde_json::from_str(&seen.stdout).unwrap(), said: seen.stderr };
    let line = emulator.said.lines().find(|line| line.contains("#code=")).unwrap();
    let code = code_of(line.split(' ').next_back().unwrap(), emulator.port());
    works_once(&code, emulator.port());
    assert!(!emulator.text("readyFile").contains(&code));
}

#[test]
fn a_page_that_cannot_be_opened_does_not_end_the_emulator() {
    let home = Folder::new();
    let mut command = az(&home);
    command.args(DETACH).args(["--in-memory", "--open"]).env("BROWSER", "/none/of/these");
    let emulator = Background::of(command.output().unwrap());
    Client::new(emulator.port()).create();
    insta::assert_snapshot!(emulator.said.replace(&emulator.port().to_string(), "PORT"), @"WARNING: The page was not opened: /none/of/these does not exist. Name your browser in the variable BROWSER, or open http://localhost:PORT/emulator/ and sign in with the connection string.");
}
