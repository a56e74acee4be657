//! Test of 200 kills at random moments with concurrent creations, tokens, revocations and deletions. `AZ_CRASH_KILLS`
//! sets another number.
#![cfg(unix)]

mod support;

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use support::Folder;
use support::emulator::{Client, Emulator};

const WRITERS: u64 = 4;

/// A random number generator (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound
    }
}

/// The state of an identity that the emulator has acknowledged. A request without an acknowledgement may or may not
/// have been carried out.
#[derive(Debug, Default, Clone)]
struct Known {
    token: Option<String>,
    /// Whether the token was issued before an acknowledged revocation.
    revoked: bool,
    /// Whether a revocation or deletion was requested and not acknowledged.
    uncertain: bool,
    deleted: bool,
}

/// Sends requests until the emulator is gone. Returns the acknowledged state.
fn work(mut client: Client, mut random: Random) -> HashMap<String, Known> {
    let mut known: HashMap<String, Known> = HashMap::new();
    loop {
        let ids: Vec<String> = known.iter().filter(|(_, k)| !k.deleted).map(|(id, _)| id.clone()).collect();
        let id = (!ids.is_empty()).then(|| ids[random.below(ids.len() as u64) as usize].clone());
        match (random.below(5), id) {
            (0 | 1, _) | (_, None) => {
                let Ok(answer) = client.try_send("POST", "/identities", "") else { return known };
                assert_eq!(answer.status, 201, "{answer:?}");
                known.insert(answer.body["identity"]["id"].as_str().unwrap().to_owned(), Known::default());
            }
            (2, Some(id)) => {
                let path = format!("/identities/{id}/:issueAccessToken");
                let Ok(answer) = client.try_send("POST", &path, r#"{"scopes":["chat"]}"#) else { return known };
                assert_eq!(answer.status, 200, "{answer:?}");
                let entry = known.get_mut(&id).unwrap();
                // The earlier revocation does not affect the new token.
                entry.token = Some(answer.body["token"].as_str().unwrap().to_owned());
                entry.revoked = false;
            }
            (3, Some(id)) => {
                known.get_mut(&id).unwrap().uncertain = true;
                let path = format!("/identities/{id}/:revokeAccessTokens");
                let Ok(answer) = client.try_send("POST", &path, "") else { return known };
                assert_eq!(answer.status, 204, "{answer:?}");
                let entry = known.get_mut(&id).unwrap();
                (entry.revoked, entry.uncertain) = (true, false);
            }
            (_, Some(id)) => {
                known.get_mut(&id).unwrap().uncertain = true;
                let Ok(answer) = client.try_send("DELETE", &format!("/identities/{id}"), "") else { return known };
                assert_eq!(answer.status, 204, "{answer:?}");
                let entry = known.get_mut(&id).unwrap();
                (entry.deleted, entry.uncertain) = (true, false);
            }
        }
    }
}

fn check(client: &mut Client, id: &str, known: &Known) {
    if known.deleted || !known.uncertain {
        let answer = client.send("GET", &format!("/identities/{id}?api-version=2025-03-02-preview"), "");
        assert_eq!(answer.status, if known.deleted { 404 } else { 200 }, "{id}: {known:?}");
    }
    let Some(token) = &known.token else { return };
    if known.deleted || known.revoked {
        assert!(!client.is_active(token), "{id}: {known:?}");
    } else if !known.uncertain {
        assert!(client.is_active(token), "{id}: {known:?}");
    }
}

#[test]
#[ignore = "takes a minute: run scripts/test.sh"]
fn nothing_acknowledged_is_lost_in_200_kills() {
    let kills: u64 = std::env::var("AZ_CRASH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64 | 1;
    println!("seed {seed}");
    let mut random = Random(seed);
    let home = Folder::new();
    let database = home.path().join(".azure/communication-emulator/identities.db");
    let mut all: HashMap<String, Known> = HashMap::new();
    let (mut operations, mut revoked, mut deleted) = (0, 0, 0);
    for kill in 0..kills {
        let mut emulator = Emulator::start(&home, &[]);
        let wait = Duration::from_micros(1000 + random.below(120_000));
        let fresh: Vec<HashMap<String, Known>> = std::thread::scope(|scope| {
            // The clients connect before anything else, because the kill may come before a thread has started.
            let clients: Vec<Client> = (0..WRITERS).map(|_| emulator.client()).collect();
            let writers: Vec<_> = clients
                .into_iter()
                .map(|client| (client, Random(random.below(u64::MAX) | 1)))
                .map(|(client, random)| scope.spawn(move || work(client, random)))
                .collect();
            std::thread::sleep(wait);
            // This sends SIGKILL.
            emulator.child.kill().unwrap();
            emulator.child.wait().unwrap();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let check_now: Vec<(String, Known)> = fresh.into_iter().flatten().collect();
        operations += check_now.len();
        revoked += check_now.iter().filter(|(_, known)| known.revoked).count();
        deleted += check_now.iter().filter(|(_, known)| known.deleted).count();
        let emulator = Emulator::start(&home, &[]);
        let mut client = emulator.client();
        for (id, known) in &check_now {
            check(&mut client, id, known);
        }
        drop(client);
        drop(emulator);
        let connection = Connection::open(&database).unwrap();
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "after kill {kill}");
        drop(connection);
        all.extend(check_now);
    }
    // Acknowledged changes are still there after another start.
    let emulator = Emulator::start(&home, &[]);
    let mut client = emulator.client();
    for (id, known) in &all {
        check(&mut client, id, known);
    }
    println!("{kills} kills: {operations} identities, {revoked} of them revoked, {deleted} deleted; nothing lost");
    assert!(operations as u64 > kills && revoked > 0 && deleted > 0);
}
