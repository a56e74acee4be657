//! The memory that the log of requests takes.

use std::thread;

use super::*;

/// Sends requests with heads that are nearly as large as the emulator accepts. The log keeps as much of them as it can:
/// a long path, a long user agent, and the explanation of a wrong signature.
fn send(emulator: &Emulator, count: usize) {
    let mut client = emulator.client();
    // After it, large requests that are refused do not end the connection.
    client.create();
    client.extra = (0..4).map(|number| (format!("x-{number}"), "y".repeat(5000))).collect();
    client.extra.push(("user-agent".into(), "z".repeat(5000)));
    // Which mistake gives the signature is not searched for a string that is so long, which would take minutes here.
    client.sent_path = Some(format!("/{}?api-version=2023-10-01", "p".repeat(4200)));
    for _ in 0..count {
        assert_eq!(client.send("POST", "/identities", "").status, 401);
    }
}

#[test]
#[ignore = "takes a minute of processor time without optimization"]
fn ten_thousand_requests_with_large_heads_take_less_than_20_megabytes() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    send(&emulator, 10);
    let before = resident(&emulator);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| send(&emulator, 2500));
        }
    });
    // Requests with larger heads are refused before they are read, and take their places in the log, too.
    for _ in 0..100 {
        let mut client = emulator.client();
        client.extra = vec![("x-large".into(), "x".repeat(60_000))];
        assert!(client.try_send("POST", "/identities", "").map_or(true, |answer| answer.status == 431));
    }
    let status = emulator.client().send("GET", "/emulator/status?", "").body;
    assert_eq!(status["requests"], 10_000);
    let after = resident(&emulator);
    println!("{before} MB, then {after} MB");
    assert!(after - before < 20, "{before} MB, then {after} MB");
}
