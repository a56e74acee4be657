//! Tests of commands that send many requests: how they use files, their messages, and that no created data is lost.
#![cfg(unix)]

mod another_batch;
mod cut;
mod disturbed;
mod down;
mod errors;
mod files;
mod foreign;
mod generated;
mod gone;
mod interrupted;
mod killed;
mod ledger;
mod lists;
mod made;
mod names;
mod progress;
mod repeated;
mod resumed;
mod same_file;
#[path = "../support/mod.rs"]
mod support;
mod tokens;
mod waits;
mod without_token;

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use support::seen::Seen;
use support::world::World;

const ISSUE: &str = "token issue-batch --scope chat";

/// Puts the numbers of a summary in one line, without the duration and the file.
fn counted(seen: Seen) -> Seen {
    let Ok(Value::Object(summary)) = serde_json::from_str(&seen.stdout) else { return seen };
    let counts = summary.iter().filter(|(name, _)| !["seconds", "file"].contains(&name.as_str()));
    let counts: Vec<String> = counts.map(|(name, count)| format!("{name} {count}")).collect();
    Seen { stdout: counts.join(", ") + "\n", ..seen }
}

/// Runs a command line, and returns its output in that form.
fn counts(world: &World, words: &str) -> Seen {
    counted(world.shows(words))
}

/// Creates this number of users and writes a list of them. Returns their ids.
fn list(world: &World, count: usize) -> Vec<String> {
    let users = world.users(count);
    world.home.write("users.txt", users.join("\n") + "\n");
    users
}

/// A random number generator (xorshift64*).
struct Random(u64);

impl Random {
    fn new() -> Self {
        let given = std::env::var("AZ_TEST_SEED").ok().and_then(|text| text.parse().ok());
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
        let seed = given.unwrap_or_else(now) | 1;
        println!("seed {seed}");
        Self(seed)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

fn is_long() -> bool {
    std::env::var_os("AZ_LONG").is_some()
}

/// Returns the users with a token in a record, each with the number of their lines, and the number of unknown
/// creations.
fn recorded(text: &[u8]) -> (HashMap<String, usize>, usize) {
    let (mut users, mut unknown) = (HashMap::new(), 0);
    for line in text.split(|byte| *byte == b'\n') {
        let Ok(json) = serde_json::from_slice::<Value>(line) else { continue };
        if let (Some(user), true) = (json["user_id"].as_str(), json["token"].is_string()) {
            *users.entry(user.to_owned()).or_insert(0) += 1;
        }
        unknown += usize::from(json["outcome"] == "unknown");
    }
    (users, unknown)
}

/// Returns the command `az communication user-identity` with a limit of the size of files, in blocks of 512 bytes.
fn limited(world: &World, blocks: u32, words: &str) -> Command {
    let mut command = support::other_program("sh", &world.home);
    let shell = format!("ulimit -f {blocks}; exec \"$@\"");
    command.args(["-c", &shell, "sh", support::AZ, "communication", "user-identity"]).args(words.split(' '));
    command.envs(world.command("").get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null());
    command
}
