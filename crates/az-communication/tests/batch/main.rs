//! Commands that make many requests: what they do with files, what they say, and that nothing they made is lost.
#![cfg(unix)]

mod cut;
mod disturbed;
mod down;
mod generated;
mod gone;
mod interrupted;
mod killed;
mod made;
mod repeated;
mod run;
mod same_file;
#[path = "../support/mod.rs"]
mod support;
mod values;
mod without_token;

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

const ISSUE: &str = "token issue-batch --scope chat";

/// xorshift64*: enough for moments and choices.
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

/// The users with a token in a record, each with how many lines say so; and how many creations are unknown.
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
