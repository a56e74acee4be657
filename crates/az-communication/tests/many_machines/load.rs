//! Three clients that send requests of all kinds through the balancer while a test disturbs the service. All responses
//! are then checked against the rules of the histories: nothing acknowledged is lost, and no answer is stale.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::check;
use crate::clients::{probe, reconcile, set_clock_for_the_probe, work};
use crate::record::What;
use crate::support::balancer::Balancer;
use crate::support::postgres::Server;
use crate::support::programs::until;
use crate::support::replicas::{Replica, Service};
use crate::world::{Random, World};

const CLIENTS: usize = 3;

/// The number of identities of former rounds that are checked again.
const OLD: usize = 100;

/// The time between two connections of a client.
const PAUSE: Duration = Duration::from_millis(20);

/// The number of answers before and after each disturbance.
const BETWEEN: usize = 60;

pub fn random() -> Random {
    let seed = u64::from(std::process::id()) ^ 0x9e37_79b9_7f4a_7c15;
    println!("seed {seed}");
    Random(seed)
}

/// Returns the state of clients of a balancer. It answers for a replica that has gone: 502 if it had sent the request,
/// and 503 if there is no other replica. A replica whose store is away answers 503.
pub fn world() -> World {
    let mut world = World::new();
    world.uncertain = &[502, 503];
    world
}

/// The service during a round.
pub struct Disturbed<'a> {
    pub replicas: &'a mut [Replica],
    pub server: &'a Server,
    pub database: &'a str,
    balancer: &'a Balancer,
    world: &'a World,
}

impl Disturbed<'_> {
    /// Waits until the clients have got some more answers.
    pub fn goes_on(&self) {
        let count = || self.world.shared().records.iter().filter(|record| record.is_acknowledged()).count();
        let enough = count() + BETWEEN;
        until(format!("{BETWEEN} answers come"), || (count() >= enough).then_some(()));
    }

    pub fn kill_replica(&mut self, number: usize) {
        self.replicas[number].kill();
    }

    pub fn start_replica(&mut self, number: usize) {
        let replica = &mut self.replicas[number];
        replica.start_again();
        self.balancer.moved(number, replica.address(), replica.port());
    }
}

/// Ends the clients, also if the test fails while they run.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs the clients while the closure disturbs the service and repairs it. Then reads everything and checks it.
pub fn round(service: &mut Service, world: &World, random: &mut Random, disturb: impl FnOnce(&mut Disturbed<'_>)) {
    reconcile(world, service.balancer.client());
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let Service { replicas, balancer, server, database } = &mut *service;
        let balancer = &*balancer;
        for number in 0..CLIENTS {
            let random = Random(random.next() | 1);
            let stop = &stop;
            scope.spawn(move || client(world, number, balancer, stop, random));
        }
        let _stop = Stop(&stop);
        disturb(&mut Disturbed { replicas, balancer, server, database, world });
    });
    service.balancer.wait_for(service.replicas.len());
    reconcile(world, service.balancer.client());
    set_clock_for_the_probe(world, service.balancer.client());
    probe(world, service.balancer.client());
    let records = world.records();
    let wrong = check::violations(&records, world.beginning);
    assert!(wrong.is_empty(), "of {} operations:\n{}\n{}", records.len(), wrong.join("\n"), logs(service));
    world.count(&records);
    world.next_round(OLD);
}

/// Connects again after each request that was not answered, with a pause as in an SDK. Without it, the clients would
/// take the processors from what starts again. If that was the regeneration of a key that is in force, the
/// client regenerates no more in this round, because the key may be another one by now.
fn client(world: &World, number: usize, balancer: &Balancer, stop: &AtomicBool, mut random: Random) {
    while !stop.load(Ordering::Relaxed) {
        let is_unsure = {
            let shared = world.shared();
            shared.records.iter().any(|record| match record.what {
                What::Regenerate { replaced } => record.ended.is_none() && shared.keys.contains(&Some(replaced)),
                _ => false,
            })
        };
        let number = if is_unsure { CLIENTS } else { number };
        work(world, number, balancer.client(), stop, &mut random);
        std::thread::sleep(PAUSE);
    }
}

fn logs(service: &Service) -> String {
    service.replicas.iter().map(Replica::log).collect::<Vec<_>>().join("\n")
}
