//! Tests of files that are not records: they are refused and not changed.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use super::*;
use crate::support::seen::each;
use insta::assert_snapshot;

const TOKEN: &str = r#"{"user_id":"8:acs:a","token":"t","expires_on":"2026-01-01T00:00:00Z"}"#;

/// Returns the metadata of a file, without the time of access, which reading may change.
fn facts(m: &Metadata) -> [i64; 6] {
    [m.mode().into(), m.len().try_into().unwrap(), m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec()]
}

/// Runs a batch whose record is a file with this text. Checks that the file is not changed.
fn refused(world: &World, batch: &str, name: &str, text: &str) -> Seen {
    let path = world.home.write(name, text);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
    let before = facts(&std::fs::metadata(&path).unwrap());
    let seen = world.shows(batch);
    assert_eq!(facts(&std::fs::metadata(&path).unwrap()), before, "{text}: {seen}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    seen
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn text_without_a_line_of_a_record_is_refused() {
    let world = World::shared();
    let texts = [
        "my only copy".to_owned(),
        "my notes\nand more\n".to_owned(),
        "{\"a\":1}".to_owned(),
        "{\"user_id\":\"8:acs:a\"}\n".to_owned(),
        // It has no line break at its end.
        TOKEN.to_owned(),
    ];
    for text in texts {
        let seen = refused(world, &format!("{ISSUE} --count 1 --out-file notes.txt"), "notes.txt", &text);
        assert_eq!(
            seen.to_string(),
            "exit 1\n--- stderr\nERROR: notes.txt cannot be used: line 1 is not a line of a batch record.\n\
             Hint: Nothing was changed. Give another --out-file.\n",
            "{text}"
        );
    }
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_record_that_another_program_has_rewritten_is_refused() {
    let world = World::shared();
    let batch = format!("{ISSUE} --count 1 --out-file rewritten");
    let texts = [format!("{TOKEN}\nnote"), "\u{feff}{}\n".to_owned(), format!("{TOKEN}\r\n")];
    assert_snapshot!(each(texts, |text| refused(world, &batch, "rewritten", text)), @r#"
    > {"user_id":"8:acs:a","token":"t","expires_on":"2026-01-01T00:00:00Z"}\nnote
    exit 1
    --- stderr
    ERROR: rewritten cannot be used: line 2 is not a line of a batch record.
    Hint: Nothing was changed. Give another --out-file.

    > \u{feff}{}\n
    exit 1
    --- stderr
    ERROR: rewritten cannot be used: it begins with a byte-order mark, so another program has rewritten it.
    Hint: Nothing was changed. Give another --out-file.

    > {"user_id":"8:acs:a","token":"t","expires_on":"2026-01-01T00:00:00Z"}\r\n
    exit 1
    --- stderr
    ERROR: rewritten cannot be used: its lines end with a carriage return, so another program has rewritten it.
    Hint: Nothing was changed. Give another --out-file.
    "#);
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_record_of_a_later_format_is_refused() {
    let text = "{\"format\":\"az-communication-batch\",\"version\":3}\n";
    assert_snapshot!(refused(World::shared(), &format!("{ISSUE} --count 1 --out-file later"), "later", text), @"
    exit 1
    --- stderr
    ERROR: later cannot be used: it is a record of format 3, which this version does not support.
    Hint: Nothing was changed. Give another --out-file.
    ");
}

fn issued(token: &str, date: &str) -> String {
    format!(r#"{{"user_id":"8:acs:a","token":"{token}","expires_on":"{date}","outcome":"issued"}}"#)
}

fn intent(name: &str) -> String {
    format!(r#"{{"intent":"{name}","user_id":"8:acs:a"}}"#)
}

fn outcome(name: &str) -> String {
    format!(r#"{{"user_id":"8:acs:a","outcome":"{name}"}}"#)
}

const DATE: &str = "2026-01-01T00:00:00Z";

/// Adds each line to a valid record of that command. Checks that each of them is refused as line 4.
fn refused_for(command: &str, lines: &[String]) {
    let world = World::shared();
    let name = format!("{}.jsonl", command.split(' ').nth(1).unwrap());
    world.home.write(&format!("{name}.txt"), world.users(1).join("\n"));
    let batch = format!("{command} --users-from {name}.txt --out-file {name}");
    world.ok(&batch);
    let good = std::fs::read_to_string(world.home.path().join(&name)).unwrap();
    for line in lines {
        // The last line may lack its line break.
        for end in ["\n", ""] {
            let seen = refused(world, &batch, &name, &format!("{good}{line}{end}"));
            let error = format!("ERROR: {name} cannot be used: line 4 is not a line of a batch record.\n");
            assert!(seen.code == Some(1) && seen.stderr.starts_with(&error), "{line}: {seen}");
        }
    }
}

#[test]
fn a_record_of_tokens_with_lines_of_another_batch_is_refused() {
    let mut lines = vec![intent("delete"), intent("revoke"), outcome("revoked"), outcome("deleted"), outcome("gone")];
    lines.extend([issued("", DATE), issued("t", "")]);
    refused_for(ISSUE, &lines);
}

#[test]
fn a_record_of_revocations_with_lines_of_another_batch_is_refused() {
    let mut lines = vec![intent("issue"), intent("delete"), outcome("deleted"), issued("t", DATE)];
    lines.extend([r#"{"intent":"create","n":0}"#, r#"{"n":0,"outcome":"unknown"}"#].map(str::to_owned));
    refused_for("token revoke-batch --yes", &lines);
}

#[test]
fn a_record_of_deletions_with_lines_of_another_batch_is_refused() {
    refused_for("user delete-batch --yes", &[intent("issue"), intent("revoke"), outcome("revoked"), issued("t", DATE)]);
}

#[test]
fn a_record_of_the_previous_version_with_a_wrong_date_is_refused() {
    let wrong = TOKEN.replace(DATE, "never");
    let batch = format!("{ISSUE} --count 1 --out-file before");
    let texts = [format!("{wrong}\n"), format!("{TOKEN}\n{wrong}\n")];
    assert_snapshot!(each(texts, |text| refused(World::shared(), &batch, "before", text)), @r#"
    > {"user_id":"8:acs:a","token":"t","expires_on":"never"}\n
    exit 1
    --- stderr
    ERROR: before cannot be used: line 1 is not a line of a batch record.
    Hint: Nothing was changed. Give another --out-file.

    > {"user_id":"8:acs:a","token":"t","expires_on":"2026-01-01T00:00:00Z"}\n{"user_id":"8:acs:a","token":"t","expires_on":"never"}\n
    exit 1
    --- stderr
    ERROR: before cannot be used: line 2 is not a line of a batch record.
    Hint: Nothing was changed. Give another --out-file.
    "#);
}
