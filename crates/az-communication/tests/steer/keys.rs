//! `emulator key list` and `emulator key regenerate`.

use insta::assert_snapshot;

use super::*;

#[test]
fn the_keys_are_those_of_the_emulator() {
    let world = World::shared();
    let keys = run(&mut of(world, "key list"));
    assert_eq!((keys.code, keys.stderr.as_str()), (Some(0), ""));
    assert!(world.emulator.connection_string().ends_with(keys.json()["primaryKey"].as_str().unwrap()));
    let names: Vec<String> = keys.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["primaryConnectionString", "primaryKey", "secondaryConnectionString", "secondaryKey"]);
}

#[test]
fn a_regenerated_key_replaces_the_former_one() {
    let world = World::alone();
    let before = run(&mut of(&world, "key list")).json();
    let after = run(&mut of(&world, "key regenerate --key-type Secondary")).json();
    assert_eq!(after["primaryKey"], before["primaryKey"]);
    assert_ne!(after["secondaryKey"], before["secondaryKey"]);
    assert_eq!(run(&mut of(&world, "key list")).json(), after);
    let string = after["secondaryConnectionString"].as_str().unwrap();
    let mut by_string = emulator(&world.home, "key list --connection-string");
    assert_eq!(run(by_string.arg(string)).json(), after);
}

#[test]
fn after_the_regeneration_of_its_key_a_connection_string_is_refused() {
    let world = World::alone();
    let string = world.emulator.connection_string();
    assert_eq!(run(&mut of(&world, "key regenerate --key-type Primary")).code, Some(0));
    let mut command = emulator(&world.home, "key list --connection-string");
    assert_snapshot!(shows(&world, command.arg(string)), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the access key of --connection-string.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
}

#[test]
fn a_key_type_is_required_and_one_of_two() {
    let home = Folder::new();
    assert_snapshot!(run(&mut emulator(&home, "key regenerate")), @"
    exit 2
    --- stderr
    ERROR: the following arguments are required: --key-type

    Examples from command's help:
    az communication emulator key regenerate --key-type Secondary
    Regenerate the secondary key

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
    assert_snapshot!(run(&mut emulator(&home, "key regenerate --key-type third")), @"
    exit 2
    --- stderr
    ERROR: az communication emulator key regenerate: 'third' is not a valid value for '--key-type'. Allowed values: Primary, Secondary.

    Examples from command's help:
    az communication emulator key regenerate --key-type Secondary
    Regenerate the secondary key

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
}
