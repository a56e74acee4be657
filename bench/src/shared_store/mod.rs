//! Measures emulators on PostgreSQL: against `pgbench`, against the store in SQLite, and several against one.

mod cluster;
mod sizes;

use std::cell::Cell;

use crate::Amount;
use crate::emulator::{Emulator, Part, folder, pairs};
use crate::load::{self, Target, Waits, signed};
use crate::stats::median;
use cluster::Cluster;

pub use cluster::binaries;

/// The parts. They run only if they are named, because they need PostgreSQL.
pub const PARTS: [(&str, Part); 5] = [
    ("store-creations", creations),
    ("store-tokens", tokens),
    ("store-latency", latency),
    ("store-replicas", replicas),
    ("store-sizes", sizes::run),
];

const CREATE: &str = "/identities?api-version=2023-10-01";

/// Makes an identity in the table of the emulator, as one statement of a usual client would.
const PGBENCH: &str = "INSERT INTO identities (user_id, revocation, revoked_below, created_at) \
    VALUES (gen_random_uuid()::text, 0, 0, 1) ON CONFLICT DO NOTHING;";

fn start(az: &str, cores: &str, url: &str) -> Emulator {
    Emulator::start(az, cores, &["--store", url])
}

fn creation(emulator: &Emulator) -> Vec<Vec<u8>> {
    vec![signed(emulator.port, "POST", CREATE, "")]
}

fn creations(az: &str, amount: &Amount) {
    let cluster = Cluster::start("creations", "0,1");
    let url = cluster.database("ours");
    let emulator = start(az, "0,1", &url);
    let (rounds, seconds) = (amount.pairs, amount.seconds);
    let (of_emulator, of_server, made) = (Cell::new(0.0), Cell::new(0.0), Cell::new(0.0));
    let (ours, theirs, ratio, all) = pairs(
        rounds,
        || cluster.pgbench("ours", "0,1", PGBENCH, seconds),
        || {
            let before = (emulator.cpu_us(), cluster.cpu_seconds());
            let load = load::run(emulator.port, 32, seconds, &creation(&emulator), 201);
            of_emulator.set(of_emulator.get() + (emulator.cpu_us() - before.0) / 1e6);
            of_server.set(of_server.get() + cluster.cpu_seconds() - before.1);
            made.set(made.get() + load.per_second * seconds);
            load
        },
    );
    let all: Vec<String> = all.iter().map(|ratio| format!("{ratio:.2}")).collect();
    println!("\n## Durable creations a second in PostgreSQL, 32 connections, everything on cores 0 and 1\n");
    println!("| creations/s | `pgbench -M prepared -c 32 -j 2` | ratio (median of {rounds} pairs) | all ratios |");
    println!("| --- | --- | --- | --- |");
    println!("| {ours:.0} | {theirs:.0} | **{ratio:.2}** | {} |", all.join(", "));
    let per = |seconds: f64| seconds / made.get() * 1e6;
    println!(
        "\nProcessor time a creation: emulator {:.0} µs, PostgreSQL {:.0} µs.",
        per(of_emulator.get()),
        per(of_server.get())
    );
}

/// Compares the tokens per second with those of an emulator with SQLite.
fn tokens(az: &str, amount: &Amount) {
    let (rounds, seconds) = (amount.pairs, amount.seconds);
    println!("\n## Tokens a second with PostgreSQL, compared with SQLite, emulators on core 0, 32 connections\n");
    println!("| core of PostgreSQL | tokens/s | with SQLite | ratio (median of {rounds} pairs) | all ratios |");
    println!("| --- | --- | --- | --- | --- |");
    let cluster = Cluster::start("tokens", "1");
    let url = cluster.database("ours");
    let data = folder("store-tokens");
    let sqlite = Emulator::start(az, "0", &["--data-dir", data.to_str().unwrap()]);
    let postgres = start(az, "0", &url);
    let rate = |emulator: &Emulator, user: &str| {
        load::run_with(Waits::Asleep, emulator.port, 32, seconds, &[emulator.issue(user)], 200)
    };
    let (of_sqlite, of_postgres) = (sqlite.create(), postgres.create());
    for core in ["1", "0"] {
        cluster.move_to(core);
        let (ours, theirs, ratio, all) =
            pairs(rounds, || rate(&sqlite, &of_sqlite).per_second, || rate(&postgres, &of_postgres));
        let all: Vec<String> = all.iter().map(|ratio| format!("{ratio:.2}")).collect();
        println!("| {core} | {ours:.0} | {theirs:.0} | **{ratio:.2}** | {} |", all.join(", "));
    }
}

fn latency(az: &str, amount: &Amount) {
    let cluster = Cluster::start("latency", "0,1");
    let url = cluster.database("ours");
    let emulator = start(az, "0,1", &url);
    let user = emulator.create();
    println!("\n## Latency with PostgreSQL, everything on cores 0 and 1\n");
    println!("| operation | connections | a second | p50 µs | p99 µs |");
    println!("| --- | --- | --- | --- | --- |");
    for (name, requests, expected) in
        [("create", creation(&emulator), 201), ("issue", vec![emulator.issue(&user)], 200)]
    {
        for connections in [1, 32, 256] {
            let load = load::run(emulator.port, connections, amount.seconds, &requests, expected);
            println!("| {name} | {connections} | {:.0} | {:.0} | {:.0} |", load.per_second, load.p50, load.p99);
        }
    }
}

/// Compares three replicas with one.
fn replicas(az: &str, amount: &Amount) {
    let (rounds, seconds) = (amount.pairs, amount.seconds);
    let cluster = Cluster::start("replicas", "0,1");
    let url = cluster.database("ours");
    let emulators: Vec<Emulator> = (0..3).map(|_| start(az, "0,1", &url)).collect();
    let user = emulators[0].create();
    println!("\n## Three replicas, compared with one, everything on cores 0 and 1, 96 connections\n");
    println!("| operation | three | one | ratio (median of {rounds} pairs) | processor time in use with three |");
    println!("| --- | --- | --- | --- | --- |");
    for (name, expected) in [("create", 201), ("issue", 200)] {
        let target = |emulator: &Emulator| Target {
            port: emulator.port,
            requests: if name == "create" { creation(emulator) } else { vec![emulator.issue(&user)] },
        };
        let load = |some: &[Emulator]| {
            let targets: Vec<Target> = some.iter().map(target).collect();
            load::run_over(Waits::Asleep, &targets, 96, seconds, expected)
        };
        let busy = std::cell::RefCell::new(Vec::new());
        let (three, one, ratio, _) = pairs(
            rounds,
            || load(&emulators[..1]).per_second,
            || {
                let used = || cluster.cpu_seconds() + emulators.iter().map(Emulator::cpu_us).sum::<f64>() / 1e6;
                let before = used();
                let done = load(&emulators);
                busy.borrow_mut().push((used() - before) / seconds + done.own_cores);
                done
            },
        );
        println!("| {name} | {three:.0} | {one:.0} | **{ratio:.2}** | {:.2} cores of 2 |", median(&busy.borrow()));
    }
}
