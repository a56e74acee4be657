//! Tests that keys, tokens and signatures are never shown.

use super::*;
use crate::support::emulator::Emulator;
use crate::support::world::World;

fn key(emulator: &Emulator) -> String {
    emulator.connection_string().split_once("accesskey=").unwrap().1.to_owned()
}

#[test]
fn a_token_of_the_service_is_shown_on_stdout_only() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    let mut command = emulator.az(&home);
    let seen = run(command.args("communication user-identity token issue --scope chat --debug".split(' ')));
    let token = seen.json()["token"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    for secret in [&token, parts[1], parts[2], &key(emulator), "Signature="] {
        assert!(!seen.stderr.contains(secret), "{secret} is in\n{seen}");
    }
}

/// A token from the command line is as secret as a token from the service.
#[test]
fn a_token_of_the_command_line_is_shown_nowhere() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    let jwt = "eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOiJ5ZXMifQ.c2VjcmV0";
    for token in [jwt, "opaque-secret-of-entra-0123456789"] {
        for flag in ["--debug", "--verbose", "--only-show-errors"] {
            let logs = Folder::new();
            let mut command = emulator.az(&home);
            let exchange = "communication user-identity token get-for-teams-user --client c --aad-user u";
            command.args(exchange.split(' ')).args(["--aad-token", token, flag]);
            command.env("AZURE_LOGGING_ENABLE_LOG_FILE", "yes").env("AZURE_LOGGING_LOG_DIR", logs.path());
            let seen = run(&mut command);
            let log = std::fs::read_to_string(logs.path().join("az.log")).unwrap();
            for text in [&seen.stderr, &log] {
                for secret in [token, &key(emulator), "Signature="] {
                    assert!(!text.contains(secret), "{flag}: {secret} is in\n{text}");
                }
            }
            assert!(seen.code == Some(1) && log.contains("Request URL: "), "{seen}\n{log}");
        }
    }
}
