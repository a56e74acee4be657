//! The credential of a command that names the emulator by its endpoint.

use insta::assert_snapshot;

use super::support::emulator::Emulator;
use super::*;

const KEY: &str = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";
const OTHER_KEY: &str = "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXI=";
const VARIABLE: &str = "AZURE_COMMUNICATION_CONNECTION_STRING";

/// A world whose emulator has an access key of its own.
fn with_own_key(options: &[&str]) -> World {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[&["--in-memory", "--access-key", KEY], options].concat());
    World { emulator: emulator.into(), home }
}

fn connection_string(world: &World) -> String {
    format!("endpoint=https://localhost:{}/;accesskey={KEY}", world.emulator.port())
}

/// `key list` with the endpoint of the emulator, by one of its names.
fn list_at(world: &World, host: &str) -> Command {
    let mut command = emulator(&world.home, "key list --query primaryKey -o tsv --endpoint");
    command.arg(format!("https://{host}:{}", world.emulator.port()));
    command
}

#[test]
fn the_key_of_the_connection_string_in_the_environment_is_used_for_its_endpoint() {
    let world = with_own_key(&[]);
    for host in ["localhost", "127.0.0.1"] {
        let seen = run(list_at(&world, host).env(VARIABLE, connection_string(&world)));
        assert_eq!((seen.code, seen.stdout.trim_end()), (Some(0), KEY), "{host}: {seen}");
    }
}

#[test]
fn in_a_run_a_command_with_the_endpoint_of_the_environment_is_authenticated() {
    let home = Folder::new();
    let script =
        "az communication emulator key list --endpoint \"$AZURE_COMMUNICATION_ENDPOINT\" --query primaryKey -o tsv";
    let mut command = emulator(&home, "run --access-key");
    let seen = run(command.args([KEY, "--", "/bin/sh", "-c", script]));
    assert_eq!((seen.code, seen.stdout.trim_end()), (Some(0), KEY), "{seen}");
}

#[test]
fn the_key_of_the_configured_connection_string_is_used_for_its_endpoint() {
    let world = with_own_key(&[]);
    let config = format!("[communication]\nconnection_string = {}\n", connection_string(&world));
    world.home.write(".azure/config", config);
    assert_eq!(run(&mut list_at(&world, "localhost")).code, Some(0));
}

#[test]
fn a_connection_string_that_is_given_with_an_endpoint_is_its_credential() {
    let world = with_own_key(&[]);
    let mut list = list_at(&world, "localhost");
    list.args(["--connection-string", &format!("endpoint=https://elsewhere.example/;accesskey={KEY}")]);
    assert_eq!(run(&mut list).code, Some(0));
    let mut list = list_at(&world, "localhost");
    list.args(["--connection-string", &format!("endpoint=https://localhost/;accesskey={OTHER_KEY}")]);
    assert_snapshot!(shows(&world, &mut list), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the access key of --connection-string.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
}

#[test]
fn the_files_of_a_running_emulator_at_the_endpoint_have_its_credential() {
    let ready = ".azure/communication-emulator-in-memory.json";
    let home = Folder::new();
    std::fs::create_dir_all(home.path().join(".azure")).unwrap();
    let options = ["--in-memory", "--access-key", KEY, "--ready-file", ready];
    let world = World { emulator: Emulator::start(&home, &options).into(), home };
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(run(&mut list_at(&world, host)).code, Some(0), "{host}");
    }
    // They are not for an emulator on another port.
    let other = Emulator::start(&world.home, &["--in-memory", "--access-key", OTHER_KEY]);
    let mut list = emulator(&world.home, "key list --endpoint");
    let seen = run(list.arg(format!("https://localhost:{}", other.port())));
    assert!(seen.code == Some(1) && seen.stderr.contains("refuses the well-known access key"), "{seen}");
}

#[test]
fn a_refusal_names_the_credential_and_why_it_was_used() {
    let world = with_own_key(&[]);
    let elsewhere = format!("endpoint=https://elsewhere.example/;accesskey={KEY}");
    assert_snapshot!(shows(&world, list_at(&world, "localhost").env(VARIABLE, elsewhere)), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the well-known access key.
    Hint: It was used because no connection string, control secret or ready file of this emulator was found here. The key of a connection string is only sent to the endpoint that is in it.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
    let wrong = format!("endpoint=https://localhost:{}/;accesskey={OTHER_KEY}", world.emulator.port());
    assert_snapshot!(shows(&world, list_at(&world, "localhost").env(VARIABLE, wrong)), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the access key of AZURE_COMMUNICATION_CONNECTION_STRING.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
}

#[test]
fn a_malformed_connection_string_is_refused_and_not_left_out() {
    let world = with_own_key(&[]);
    let mut list = list_at(&world, "localhost");
    assert_snapshot!(shows(&world, list.args(["--connection-string", "endpoint=https://localhost/"])), @"
    exit 1
    --- stderr
    ERROR: The connection string has no 'accesskey' part. Expected: endpoint=https://<resource>.communication.azure.com/;accesskey=<base64 key>
    Hint: For the emulator of this machine, write UseDevelopmentEmulator=true, or a connection string that az communication emulator key list shows.
    ");
}
