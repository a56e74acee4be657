//! Tests of the emulators that this az trusts.

use super::*;

#[test]
fn az_trusts_the_emulator_of_its_own_data_folder_on_this_machine() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let string = emulator.connection_string();
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"] {
        let output = create_user(&home, &string.replace("localhost", host));
        assert!(output.status.success(), "{host}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn az_does_not_trust_an_authority_that_others_could_have_put_there() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let string = emulator.connection_string();
    let ca = emulator.ca_certificate();
    let refused = |home: &Folder| {
        let output = create_user(home, &string);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("it was issued by an unknown authority"), "{stderr}");
    };
    refused(&Folder::new());
    std::fs::set_permissions(&ca, std::fs::Permissions::from_mode(0o620)).unwrap();
    refused(&home);
    std::fs::set_permissions(&ca, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(create_user(&home, &string).status.success());
}
