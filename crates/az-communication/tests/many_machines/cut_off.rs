//! A replica on a machine of its own, whose packets to the store are dropped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::is_long;
use crate::store_gone::{LIMIT, probes, refused};
use crate::support::Folder;
use crate::support::machines::{Machine, lacking};
use crate::support::postgres::Server;
use crate::support::programs::{Place, within};
use crate::support::replicas::Start;

const STORE: &str = "10.78.0.1";
const REPLICA: &str = "10.78.0.2";

/// Packets in both directions vanish. Nobody is told.
const CUT: &str = "table inet cut {
    chain from { type filter hook input priority 0; ip saddr 10.78.0.1 drop; }
    chain to { type filter hook output priority 0; ip daddr 10.78.0.1 drop; }
}";

#[test]
#[ignore = "makes network namespaces, which needs root: run scripts/test.sh"]
fn a_replica_whose_packets_to_the_store_are_dropped_answers_503_within_two_seconds_and_recovers() {
    let test = "a_replica_whose_packets_to_the_store_are_dropped_answers_503_within_two_seconds_and_recovers";
    if let Some(reason) = lacking() {
        eprintln!("skipped: {test}: {reason}");
        return;
    }
    let home = Folder::new();
    let [here, there] = [(); 2].map(|()| Arc::new(Machine::new(&home, "127.0.0.1 localhost\n")));
    here.connect(&home, "direct", STORE, &there, REPLICA);
    let nft = |words: &[&str]| {
        let output = there.command(&home, "nft").args(words).output().unwrap();
        assert!(output.status.success(), "nft {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let server = Server::start_on(&Place::on(&here), STORE);
    let store = server.url(&server.database());
    let start = Start::new(&store, "https://acs-emulator.example").on(&Place::on(&there), REPLICA);
    let replica = start.begin().ready();
    let id = replica.client().create();

    nft(&[CUT]);
    let time = Duration::from_secs(if is_long() { 60 } else { 5 });
    let began = Instant::now();
    while began.elapsed() < time {
        // Also those that wait together.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| refused(&mut replica.client()));
            }
        });
        assert_eq!(probes(&replica), [503, 200]);
    }
    nft(&["delete", "table", "inet", "cut"]);
    // The replica has closed the first connection, which was idle.
    let mut client = replica.client();
    within(LIMIT, "it serves again", || (client.issue(&id).status == 200).then_some(()));
    within(LIMIT, "it is ready again", || (probes(&replica) == [200, 200]).then_some(()));
    assert_eq!(client.send("POST", "/identities", "").status, 201);
}
