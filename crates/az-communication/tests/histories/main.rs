//! Tests in which three clients send requests of all kinds at once, and set, freeze and reset the clock. The emulator
//! is killed and started again. All responses are then checked against the rules in `check`.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod check;
mod clients;
mod clock;
mod clock_requests;
mod record;
mod rules;
mod service;
mod world;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clients::{probe, reconcile, set_clock_for_the_probe, work};
use service::Service;
use support::Folder;
use world::{Random, World};

const CLIENTS: usize = 3;

/// The number of identities of former rounds that are checked again.
const OLD: usize = 300;

/// Runs one round: all clients for a while, then an end, a start, and a check of everything.
fn round(number: usize, home: &Folder, data: &Path, length: Duration, world: &Arc<World>, random: &mut Random) {
    let in_process = number % 2 == 1;
    let service = if in_process { Service::library(data) } else { Service::process(home, data) };
    let port = service.port();
    reconcile(world, port);
    let stop = AtomicBool::new(false);
    let killed = !in_process && number.is_multiple_of(4);
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let random = Random(random.next() | 1);
            let stop = &stop;
            scope.spawn(move || work(world, client, port, stop, random));
        }
        std::thread::sleep(length);
        if killed {
            service.kill();
        } else {
            stop.store(true, Ordering::Relaxed);
        }
        // Clients notice the kill by themselves. The thread that sleeps needs the flag.
        stop.store(true, Ordering::Relaxed);
    });
    if killed {
        service.reap();
    } else {
        service.stop();
    }
    let again = Service::process(home, data);
    reconcile(world, again.port());
    set_clock_for_the_probe(world, again.port());
    probe(world, again.port());
    again.reap();
    let records = world.records();
    let wrong = check::violations(&records, world.beginning);
    assert!(wrong.is_empty(), "round {number}, of {} operations:\n{}", records.len(), wrong.join("\n"));
    world.count(&records);
}

/// How much longer the rounds may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs rounds for this time, and until each kind of operation was acknowledged.
fn histories(time: Duration, length: Duration) {
    let seed = u64::from(std::process::id()) ^ 0x9e37_79b9_7f4a_7c15;
    println!("seed {seed}");
    let mut random = Random(seed);
    let home = Folder::new();
    let data = home.path().join("data");
    let world = Arc::new(World::new());
    let began = Instant::now();
    let mut number = 0;
    // On a busy machine, the clients need more time until they have done everything once.
    let is_short = |world: &World| !world.has_done_everything() && began.elapsed() < time + LIMIT;
    while began.elapsed() < time || number < 2 || is_short(&world) {
        round(number, &home, &data, length, &world, &mut random);
        number += 1;
        world.next_round(OLD);
    }
    world.summary(number);
}

#[test]
fn what_is_answered_to_three_clients_holds() {
    histories(Duration::from_secs(3), Duration::from_millis(1500));
}

#[test]
#[ignore = "takes 20 s: run scripts/test.sh"]
fn what_is_answered_to_three_clients_for_longer_holds() {
    let seconds = if std::env::var_os("AZ_LONG").is_some() { 3600 } else { 20 };
    histories(Duration::from_secs(seconds), Duration::from_secs(5));
}
