//! `emulator identity list` and `emulator identity show`.

use insta::assert_snapshot;

use super::*;

/// Creates an identity with a custom id, and returns its raw id.
fn created(world: &World, custom_id: &str) -> String {
    world.ok(&format!("user create --custom-id {custom_id}"))["rawId"].as_str().unwrap().to_owned()
}

#[test]
fn a_custom_id_does_not_act_on_the_terminal() {
    let world = World::alone();
    created(&world, "a\u{1b}]0;b\u{7}\u{9b}31m\u{202e}");
    assert_snapshot!(run(&mut of(&world, "identity list --query [].customId -o tsv")), @r"
    exit 0
    --- stdout
    a\x1b]0;b\x07\x9b31m\u202e
    ");
    assert_snapshot!(run(&mut of(&world, "identity list --query [].customId -o json")), @r#"
    exit 0
    --- stdout
    [
      "a\u001b]0;b\u0007\u009b31m\u202e"
    ]
    "#);
}

#[test]
fn an_identity_is_shown_by_either_id() {
    let world = World::alone();
    let id = created(&world, "alice@contoso.com");
    let by_custom_id = run(&mut of(&world, "identity show --id alice@contoso.com"));
    let by_raw_id = run(&mut of(&world, &format!("identity show --id {id}")));
    assert_eq!(by_custom_id.json(), by_raw_id.json());
    let shown = by_custom_id.json();
    assert!(shown["createdAt"].as_str().unwrap().ends_with("+00:00"), "{shown}");
    let mut table = of(&world, "identity list --query [].[customId,revoked,assignments] -o tsv");
    assert_snapshot!(run(&mut table), @"
    exit 0
    --- stdout
    alice@contoso.com	False	0
    ");
    assert_snapshot!(shows(&world, &mut of(&world, "identity show --id nobody")), @"
    exit 3
    --- stderr
    ERROR: Provided identity doesn't exist.
    ");
}

#[test]
fn a_list_has_as_many_identities_as_asked_for_and_says_if_there_are_more() {
    let world = World::alone();
    for name in ["alice", "bob", "alicia"] {
        created(&world, name);
    }
    let list = |words: &str| {
        let seen = run(&mut of(&world, &format!("identity list {words}")));
        (seen.json().as_array().unwrap().len(), seen.stderr)
    };
    assert_eq!(list(""), (3, String::new()));
    assert_eq!(list("--filter ALI"), (2, String::new()));
    let (count, stderr) = list("--filter ali --top 1");
    assert_eq!(count, 1);
    assert_snapshot!(stderr, @"WARNING: There are more identities than 1. To list more, give --top.");
}

#[test]
fn a_filter_or_number_that_does_not_fit_is_refused() {
    let world = World::shared();
    assert_snapshot!(shows(world, &mut of(world, "identity list --top 0")), @"
    exit 2
    --- stderr
    ERROR: --top must be a number from 1 to 1000000, but it is '0'.
    ");
    let long = "x".repeat(257);
    assert_snapshot!(shows(world, &mut of(world, &format!("identity list --filter {long}"))), @"
    exit 2
    --- stderr
    ERROR: filter must have from 1 to 256 characters.
    ");
    assert_snapshot!(run(&mut emulator(&world.home, "identity show")), @"
    exit 2
    --- stderr
    ERROR: the following arguments are required: --id

    Examples from command's help:
    az communication emulator identity show --id alice@contoso.com
    Show the identity with a custom id

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
}
