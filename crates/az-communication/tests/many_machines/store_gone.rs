//! A store that is away for a while.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::emulator::{Answer, Client};
use crate::support::postgres::Server;
use crate::support::programs::{until, within};
use crate::support::replicas::{Replica, Service};

/// The time within which a request is answered although the store does not answer, and within which a replica serves
/// after the store is back.
pub const LIMIT: Duration = Duration::from_secs(2);

/// Sends a request that needs the store while it is away.
pub fn refused(client: &mut Client) -> Answer {
    let began = Instant::now();
    let answer = client.send("POST", "/identities", "");
    let took = began.elapsed();
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(took < LIMIT, "it took {took:?}: {answer:?}");
    let seconds: u32 = answer.header("retry-after").expect("it says when to try again").parse().unwrap();
    assert!(seconds >= 1, "{answer:?}");
    answer
}

/// Checks the answers of both probes, without a credential.
pub fn probes(replica: &Replica) -> [u16; 2] {
    ["/health/ready", "/health/live"].map(|path| replica.client().raw("GET", path, &[], "").unwrap().status)
}

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn without_its_store_a_replica_answers_503_and_is_alive_and_recovers_by_itself() {
    let server = Arc::new(Server::start());
    let service = Service::on(Arc::clone(&server), 2);
    let mut clients = [0, 1].map(|number| service.replicas[number].client());
    let id = clients[0].create();
    let token = clients[0].issue(&id).body["token"].as_str().unwrap().to_owned();
    for way in ["stopped", "killed"] {
        if way == "stopped" {
            server.stop();
        } else {
            server.kill();
        }
        for (replica, client) in service.replicas.iter().zip(&mut clients) {
            refused(client);
            // What rests on a copy only is not answered from the copy.
            let introspected = client.send("POST", "/introspect?", &format!("token={token}"));
            assert_eq!(introspected.status, 503, "{way}: {introspected:?}");
            assert_eq!(probes(replica), [503, 200], "{way}");
        }
        service.balancer.wait_for(0);
        server.start_again();
        for (replica, client) in service.replicas.iter().zip(&mut clients) {
            within(LIMIT, format!("{way}: it serves again"), || {
                (client.send("POST", "/identities", "").status == 201).then_some(())
            });
            assert!(client.is_active(&token));
            until("it is ready again", || (probes(replica) == [200, 200]).then_some(()));
        }
        service.balancer.wait_for(2);
    }
    for replica in &service.replicas {
        let log = replica.log();
        let outages = log.lines().filter(|line| line.contains(" ERROR the store cannot be reached")).count();
        assert_eq!(outages, 2, "each outage is one error, although each request and each probe was refused: {log}");
    }
}
