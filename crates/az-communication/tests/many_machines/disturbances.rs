//! Replicas, the server and connections end under load.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::is_long;
use crate::load::{random, round, world};
use crate::support::postgres::Server;
use crate::support::programs::Place;
use crate::support::replicas::{Service, Start};
use crate::world::World;

const REPLICAS: usize = 3;

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn kills_of_replicas_and_of_the_server_lose_nothing_and_make_nothing_stale() {
    let kills: usize = if is_long() { 200 } else { 5 };
    let mut service = Service::on(Arc::new(Server::start()), REPLICAS);
    let (world, mut random) = (world(), random());
    let began = Instant::now();
    let (mut killed, mut rounds) = (0, 0);
    // More rounds without a kill follow until each kind of operation was acknowledged.
    let is_short = |world: &World| !world.has_done_everything() && began.elapsed() < Duration::from_secs(60);
    while killed < kills || is_short(&world) {
        let numbers = killed..kills.min(killed + 5);
        killed = numbers.end;
        let choices: Vec<usize> = numbers.clone().map(|_| usize::try_from(random.below(3)).unwrap()).collect();
        round(&mut service, &world, &mut random, |disturbed| {
            disturbed.goes_on();
            for (kill, replica) in numbers.zip(choices) {
                match kill % 5 {
                    0 | 1 => disturbed.kill_replica(replica),
                    2 | 3 => disturbed.server.kill(),
                    _ => {
                        disturbed.kill_replica(replica);
                        disturbed.server.kill();
                    }
                }
                // The other replicas go on.
                if kill % 5 < 2 {
                    disturbed.goes_on();
                } else {
                    disturbed.server.start_again();
                }
                if matches!(kill % 5, 0 | 1 | 4) {
                    disturbed.start_replica(replica);
                }
                disturbed.goes_on();
            }
        });
        rounds += 1;
    }
    world.summary(rounds);
}

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn after_a_failover_to_a_synchronous_standby_the_replicas_go_on_and_nothing_is_lost() {
    let server = Arc::new(Server::start());
    let standby = server.standby(&Place::default(), "127.0.0.1");
    let database = server.database();
    let store = server.url_with(&standby, &database);
    let mut service = Service::of(Arc::clone(&server), database, REPLICAS, |url| Start::new(&store, url));
    let (world, mut random) = (world(), random());
    round(&mut service, &world, &mut random, |disturbed| {
        disturbed.goes_on();
        disturbed.server.kill();
        standby.promote();
        disturbed.goes_on();
    });
    for replica in &mut service.replicas {
        assert!(replica.emulator.child.try_wait().unwrap().is_none(), "{}", replica.log());
    }
}

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn connections_that_the_server_ends_every_100_milliseconds_lose_nothing() {
    let time = Duration::from_secs(if is_long() { 60 } else { 2 });
    let mut service = Service::shared(REPLICAS);
    let (world, mut random) = (world(), random());
    round(&mut service, &world, &mut random, |disturbed| {
        let mut session = disturbed.server.session("postgres");
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'az' AND datname = '{}'",
            disturbed.database
        );
        let (began, mut ended) = (Instant::now(), 0);
        while began.elapsed() < time {
            ended += session.run(&end).len();
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(ended >= 10, "{ended} connections were ended");
        println!("{ended} connections were ended");
        disturbed.goes_on();
    });
}
