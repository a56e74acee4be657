//! Tests of lists of users: which files are accepted as a list.

use super::*;
use crate::support::seen::each;
use insta::assert_snapshot;

/// Runs `user delete-batch` with a list of these bytes.
fn delete(bytes: &[u8]) -> Seen {
    let world = World::new();
    world.home.write("users.txt", bytes);
    counts(&world, "user delete-batch --users-from users.txt --yes")
}

#[test]
fn a_list_without_a_raw_id_is_refused() {
    assert_snapshot!(each(["", "\n# nobody\n", "[]"], |text| delete(text.as_bytes())), @r#"
    > ''
    exit 1
    --- stderr
    ERROR: The users cannot be read from users.txt: it has no raw id.
    Hint: Put each raw id on its own line, as `--query "[].rawId" -o tsv` prints it. JSON output of these commands works too.

    > \n# nobody\n
    exit 1
    --- stderr
    ERROR: The users cannot be read from users.txt: it has no raw id.
    Hint: Put each raw id on its own line, as `--query "[].rawId" -o tsv` prints it. JSON output of these commands works too.

    > []
    exit 1
    --- stderr
    ERROR: The users cannot be read from users.txt: it has no raw id.
    Hint: Put each raw id on its own line, as `--query "[].rawId" -o tsv` prints it. JSON output of these commands works too.
    "#);
}

#[test]
fn a_line_that_is_not_a_raw_id_is_refused() {
    for (text, reason) in [
        ("8:acs:a\ntwo words\n", "line 2 is not a raw id"),
        ("\"8:acs:a\"\n", "line 1 is not a raw id: it is in quotes"),
        ("RawId\n-------\n8:acs:a\n", "line 1 is not a raw id"),
        ("properties:\n  id: 8:acs:a\n", "line 1 is not a raw id"),
        ("[1, 2]", "line 1 has a value that is not a raw id"),
        ("8:acs:a,8:acs:b\n", "line 1 is not a raw id"),
    ] {
        let seen = delete(text.as_bytes());
        let error =
            format!("ERROR: The users cannot be read from users.txt: {reason}.\nHint: Put each raw id on its own line");
        assert!(seen.code == Some(1) && seen.stderr.starts_with(&error), "{text}: {seen}");
    }
}

#[test]
fn a_list_in_utf_16_is_refused_with_the_way_to_write_it() {
    let utf16 = "8:acs:a\r\n".encode_utf16().flat_map(u16::to_le_bytes);
    assert_snapshot!(delete(&[0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>()), @"
    exit 1
    --- stderr
    ERROR: The users cannot be read from users.txt: it is UTF-16.
    Hint: Write it as UTF-8. In PowerShell: … | Out-File -Encoding utf8 FILE
    ");
}

#[test]
fn a_missing_file_is_an_error() {
    assert_snapshot!(World::shared().shows("user delete-batch --users-from missing --yes"), @"
    exit 1
    --- stderr
    ERROR: The users cannot be read from missing: No such file or directory.
    ");
}

/// Users have these files from earlier commands.
#[test]
fn the_output_of_commands_that_create_users_is_a_list() {
    let world = World::shared();
    for words in [
        "user create --count 2",
        "user create --count 2 -o tsv --query [].rawId",
        "user create --count 2 --query [].rawId",
        "user create --count 2 -o jsonc",
        "user create --count 2 -o tsv",
    ] {
        let made = world.run(words);
        world.home.write("made", &made.stdout);
        assert_eq!(world.ok("user delete-batch --users-from made --yes")["deleted"], 2, "{words}: {made}");
    }
}

#[test]
fn a_user_who_is_named_twice_is_one_user() {
    let world = World::shared();
    for words in ["user create", "token issue --scope chat"] {
        world.home.write("twice", world.run(words).stdout.repeat(2));
        assert_eq!(world.ok("user delete-batch --users-from twice --yes")["deleted"], 1, "{words}");
    }
}
