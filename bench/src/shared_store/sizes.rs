//! Compares stores with many identities with stores of few, and says how long a search and a start take.

use std::time::Instant;

use super::CREATE;
use super::cluster::Cluster;
use crate::Amount;
use crate::emulator::{Emulator, folder, pairs};
use crate::load::{self, signed};

/// An operation, its requests, and the status of its answers.
type Operation = (&'static str, Vec<Vec<u8>>, u16);

/// How many users the requests are about.
const USERS: usize = 500;

pub fn run(az: &str, amount: &Amount) {
    // 10^7 identities in SQLite are created by requests, which takes several minutes.
    let largest = std::env::var("BENCH_LARGEST").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000_000);
    let [few, many] = if amount.rounds > 10 { [10_000, largest] } else { [1_000, 2_000] };
    let rounds = amount.pairs;
    println!("\n## {many} identities stored, and {few}, 32 connections, everything on cores 0 and 1\n");
    println!("| store | operation | {many} | {few} | ratio (median of {rounds} pairs) | all ratios |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let cluster = Cluster::start("sizes", "0,1");
    for name in ["PostgreSQL", "SQLite"] {
        let [large, small] = [("many", many), ("few", few)].map(|(data, count)| {
            let folder = folder(&format!("store-sizes-{data}"));
            let options = match name {
                "PostgreSQL" => vec!["--store".to_owned(), cluster.database(data)],
                _ => vec!["--data-dir".to_owned(), folder.to_str().unwrap().to_owned()],
            };
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            match name {
                "PostgreSQL" => fill_by_sql(&cluster, data, az, &options, count),
                _ => fill(az, &options, count, amount),
            }
            Emulator::start(az, "0,1", &options)
        });
        let operations = operations(&large).into_iter().zip(operations(&small));
        for ((operation, of_large, status), (_, of_small, _)) in operations {
            let load = |emulator: &Emulator, requests: &[Vec<u8>]| {
                load::run(emulator.port, 32, amount.seconds, requests, status)
            };
            let (ours, theirs, ratio, all) =
                pairs(rounds, || load(&small, &of_small).per_second, || load(&large, &of_large));
            let all: Vec<String> = all.iter().map(|ratio| format!("{ratio:.2}")).collect();
            let all = all.join(", ");
            println!("| {name} | {operation}, a second | {ours:.0} | {theirs:.0} | **{ratio:.2}** | {all} |");
        }
        let (ours, theirs) = (search(&large), search(&small));
        println!("| {name} | search, ms | {ours:.0} | {theirs:.0} | | |");
        println!("| {name} | start, ms | {:.0} | {:.0} | | |", large.ready_ms, small.ready_ms);
    }
}

/// Inserts rows like those of identities until there are so many. It is quicker than creating them.
fn fill_by_sql(cluster: &Cluster, database: &str, az: &str, options: &[&str], count: usize) {
    // The first start makes the tables.
    drop(Emulator::start(az, "0,1", options));
    let there: usize = cluster.sql(database, "SELECT count(*) FROM identities").parse().unwrap();
    let rows = format!(
        "INSERT INTO identities (user_id, revocation, revoked_below, created_at) \
         SELECT gen_random_uuid()::text, 0, 0, 1 FROM generate_series(1, {})",
        count.saturating_sub(there)
    );
    cluster.sql(database, &rows);
    cluster.sql(database, "VACUUM ANALYZE");
}

/// Creates identities until there are so many.
fn fill(az: &str, options: &[&str], count: usize, amount: &Amount) {
    let emulator = Emulator::start(az, "0,1", options);
    let stored = || {
        let status = get(&emulator, "/emulator/status");
        usize::try_from(status["identities"].as_u64().unwrap()).unwrap()
    };
    loop {
        let missing = count.saturating_sub(stored());
        if missing == 0 {
            return;
        }
        // A signature is valid for five minutes.
        let seconds = (missing as f64 / 20_000.0).clamp(0.02, 60.0_f64.max(amount.seconds));
        let request = [signed(emulator.port, "POST", CREATE, "")];
        load::run(emulator.port, 256, seconds, &request, 201);
    }
}

fn operations(emulator: &Emulator) -> Vec<Operation> {
    let users: Vec<String> = (0..USERS).map(|_| emulator.create()).collect();
    let port = emulator.port;
    let target = |user: &str, operation: &str| format!("/identities/{user}/:{operation}?api-version=2023-10-01");
    let issue: Vec<Vec<u8>> = users.iter().map(|user| emulator.issue(user)).collect();
    let revoke = users.iter().map(|user| signed(port, "POST", &target(user, "revokeAccessTokens"), "")).collect();
    let introspect = users.iter().take(50).map(|user| {
        let body = r#"{"scopes":["chat"]}"#;
        let issued = ask(emulator, &signed(port, "POST", &target(user, "issueAccessToken"), body));
        form(port, issued["token"].as_str().unwrap())
    });
    let introspect = introspect.collect();
    let create = vec![signed(port, "POST", CREATE, "")];
    vec![("create", create, 201), ("issue", issue, 200), ("revoke", revoke, 204), ("introspect", introspect, 200)]
}

/// Returns a signed request that introspects a token.
fn form(port: u16, token: &str) -> Vec<u8> {
    let request = signed(port, "POST", "/introspect", &format!("token={token}"));
    let request = String::from_utf8(request).unwrap();
    request.replace("application/json", "application/x-www-form-urlencoded").into_bytes()
}

/// Returns the time of a search for a part of a custom id that no identity has, in milliseconds.
fn search(emulator: &Emulator) -> f64 {
    let begun = Instant::now();
    get(emulator, "/emulator/identities?filter=nobody-has-this");
    begun.elapsed().as_secs_f64() * 1e3
}

fn get(emulator: &Emulator, path: &str) -> serde_json::Value {
    ask(emulator, &signed(emulator.port, "GET", path, ""))
}

fn ask(emulator: &Emulator, request: &[u8]) -> serde_json::Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", emulator.port)).await.unwrap();
        let mut buffer = Vec::new();
        let (status, body) = load::ask(&mut stream, request, &mut buffer).await;
        assert!((200..300).contains(&status), "{status}: {}", String::from_utf8_lossy(&buffer));
        serde_json::from_slice(&buffer[body..]).unwrap_or_default()
    })
}
