//! The tests that do not succeed.

use std::io::{Read as _, Write as _};

use super::start;

#[tokio::test]
#[ignore = "the driver runs it, and expects that it fails"]
async fn fails() {
    let (emulator, app) = start().await;
    let user = app.register().await.unwrap();
    assert!(emulator.is_active(&user), "a user is not a token");
}

#[tokio::test]
#[ignore = "the driver runs it, and kills it"]
async fn waits() {
    let (emulator, app) = start().await;
    app.register().await.unwrap();
    // The test harness does not capture this.
    writeln!(std::io::stdout(), "port={}", emulator.port()).unwrap();
    // It waits for the end of stdin, which does not come before it is killed.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
