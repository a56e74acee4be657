//! Tests how the words of a command line are parsed with the table of commands.

use crate::commands::table::TABLE;
use crate::knack::grammar::loaded::Loaded;
use crate::knack::grammar::short::{COMMUNICATION, USER_IDENTITY, spelled_out};

fn children(line: &str, path: &str) -> Vec<&'static str> {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    Loaded::of(&TABLE, &words).1.children(&TABLE, path)
}

#[test]
fn an_option_between_the_words_hides_commands() {
    assert_eq!(children("-o tsv communication identity", "communication"), ["create"]);
    assert_eq!(children("-o tsv communication identity", "identity"), ["create"]);
    assert_eq!(children("communication -x identity", "communication identity"), ["show"]);
    assert_eq!(children("communication identity -x token", "communication identity token"), ["issue"]);
    let all = ["issue", "revoke", "get-for-teams-user"];
    assert_eq!(children("communication identity token -x", "communication identity token"), all);
    assert_eq!(children("communication identity token", "communication identity token"), all);
}

fn spelled(line: &str) -> String {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    spelled_out(&TABLE, &words).join(" ")
}

#[test]
fn omitted_words_are_added() {
    let issue = "communication user-identity token issue --scope chat";
    for line in ["token issue", "user-identity token issue", "communication token issue", "Token ISSUE"] {
        assert_eq!(spelled(&format!("{line} --scope chat")), issue, "{line}");
    }
    assert_eq!(spelled(issue), issue);
    assert_eq!(spelled("identity token issue"), "communication identity token issue");
    assert_eq!(spelled("doctor -o table"), "communication doctor -o table");
}

#[test]
fn options_are_moved_after_the_command() {
    let table = "communication user-identity token issue -o table --debug --scope chat";
    assert_eq!(spelled("-o table token --debug issue --scope chat"), table);
    assert_eq!(spelled("--debug emulator run -- x -o"), "communication emulator run --debug -- x -o");
    assert_eq!(spelled("--help token"), "communication user-identity token --help");
    assert_eq!(spelled("--debug token zzz"), "communication user-identity token zzz --debug");
}

#[test]
fn unknown_words_are_refused_as_words_of_communication() {
    assert_eq!(spelled("vm list"), "communication vm list");
    assert_eq!(spelled("--debug"), "--debug");
    assert_eq!(spelled("-- x"), "-- x");
}

#[test]
fn a_first_word_never_means_two_commands() {
    let first = TABLE.children(COMMUNICATION);
    assert!(TABLE.children(USER_IDENTITY).iter().all(|word| !first.contains(word)));
}
