//! Tests of the servers that the other tests stand on.

use crate::support::Folder;
use crate::support::balancer::{ASKED, Port};
use crate::support::emulator::Emulator;
use crate::support::postgres::Server;
use crate::support::programs::Place;

#[test]
#[ignore = "needs PostgreSQL: run scripts/test.sh"]
fn a_commit_that_was_acknowledged_survives_a_kill_of_the_server() {
    let server = Server::start();
    let database = server.database();
    server.sql(&database, "CREATE TABLE made (id int); INSERT INTO made VALUES (1)");
    server.kill();
    server.start_again();
    assert_eq!(server.sql(&database, "SELECT id FROM made"), "1");
    assert_eq!(server.sql(&database, "SHOW fsync"), "on");
    assert_eq!(server.sql(&database, "SHOW synchronous_commit"), "on");
}

#[test]
#[ignore = "needs PostgreSQL: run scripts/test.sh"]
fn a_promoted_standby_has_every_commit() {
    let server = Server::start();
    let database = server.database();
    let standby = server.standby(&Place::default(), "127.0.0.1");
    server.sql(&database, "CREATE TABLE made (id int); INSERT INTO made VALUES (1)");
    server.kill();
    standby.promote();
    assert_eq!(standby.sql(&database, "INSERT INTO made VALUES (2); SELECT count(*) FROM made"), "2");
}

#[test]
#[ignore = "needs PostgreSQL: run scripts/test.sh"]
fn consecutive_requests_of_a_connection_meet_different_emulators() {
    let home = Folder::new();
    let emulators = [(); 3].map(|()| Emulator::in_memory(&home));
    let balancer = Port::new().balance(&emulators.each_ref().map(|emulator| ("127.0.0.1", emulator.port())));
    let mut client = balancer.client();
    let mut asked = || client.send("GET", "/health/ready?", "").header(ASKED).unwrap().to_owned();
    let mut seen = [asked(), asked(), asked()];
    seen.sort();
    assert_eq!(seen, ["r0", "r1", "r2"]);
}
