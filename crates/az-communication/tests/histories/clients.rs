//! The clients, and the state that they find after a start.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};

use acs_identity_protocol::AccessKey;

use crate::clock::Command;
use crate::clock_requests::{after_all_changes, change_of_clock, request, state};
use crate::record::{Id, Key, Record, Token, What};
use crate::support::emulator::{Answer, Client};
use crate::world::{Random, World};

/// The number is small, so that clients use the same identities.
const IDENTITIES: usize = 12;
const CUSTOM_IDS: u64 = 4;
/// The number of tokens that are checked while other tokens are issued.
const TOKENS: usize = 60;
/// The number of tokens that are checked after a start.
const PROBED: usize = 1500;

const VERSION: &str = "api-version=2025-03-02-preview";

/// A client that records its operations.
struct Recorder<'a> {
    world: &'a World,
    client: Client,
}

impl Recorder<'_> {
    /// Sends a request with that key and records it. Returns the response, if there is one.
    fn send(
        &mut self,
        key: Key,
        (method, path, body): (&str, &str, &str),
        what: impl FnOnce(&Answer) -> What,
        unanswered: What,
    ) -> Option<Answer> {
        self.client.key = self.world.key(key);
        let path = if path.contains('?') { path.to_owned() } else { format!("{path}?{VERSION}") };
        let began = self.world.now();
        let answer = self.client.try_send(method, &path, body).ok();
        let answer = answer.filter(|answer| !self.world.uncertain.contains(&answer.status));
        let ended = self.world.now();
        let record = match &answer {
            Some(answer) => Record { began, ended: Some(ended), status: answer.status, key, what: what(answer) },
            None => Record { began, ended: None, status: 0, key, what: unanswered },
        };
        self.world.shared().records.push(record);
        answer
    }

    fn get(&mut self, key: Key, id: &Id) -> Option<Answer> {
        let what = What::Get { id: id.clone() };
        self.send(key, ("GET", &format!("/identities/{id}"), ""), |_| what.clone(), what.clone())
    }

    fn introspect(&mut self, key: Key, token: &Token) -> Option<Answer> {
        let what = |active| What::Introspect { token: token.clone(), active };
        let is_active = |answer: &Answer| answer.body["active"] == true;
        let request = ("POST", "/introspect?", &*format!("token={token}"));
        self.send(key, request, |answer| what(is_active(answer)), what(false))
    }

    fn clock(&mut self, key: Key, command: Command) -> Option<Answer> {
        let _turn = self.world.clock_turn.lock().unwrap();
        let (method, name, body) = request(command);
        let what = |shown| What::Clock { command, shown };
        let path = format!("/emulator/clock{name}?");
        self.send(key, (method, &path, &body), |answer| what(state(answer)), what(None))
    }
}

/// Sets the clock to a time at which the tokens of this round are neither expired nor of the future.
pub fn set_clock_for_the_probe(world: &World, client: Client) {
    let mut recorder = Recorder { world, client };
    let key = world.shared().keys[0].unwrap();
    recorder.clock(key, after_all_changes()).expect("it answers");
}

fn text(answer: &Answer, pointer: &str) -> Option<std::sync::Arc<str>> {
    answer.body.pointer(pointer)?.as_str().map(Into::into)
}

fn pushed<T>(queue: &mut VecDeque<T>, value: T, most: usize) {
    queue.push_back(value);
    if queue.len() > most {
        queue.pop_front();
    }
}

/// Sends random requests of all kinds until it is told to stop or the emulator is gone.
pub fn work(world: &World, number: usize, client: Client, stop: &AtomicBool, random: &mut Random) {
    let mut recorder = Recorder { world, client };
    while !stop.load(Ordering::Relaxed) {
        let (keys, identities, tokens, all) = {
            let shared = world.shared();
            let identities: Vec<Id> = shared.identities.iter().cloned().collect();
            let tokens: Vec<Token> = shared.tokens.iter().cloned().collect();
            (shared.keys.map(Option::unwrap), identities, tokens, shared.all_keys.len())
        };
        // Sometimes the client uses a key that was replaced earlier, or just now.
        let key = match random.below(25) {
            0 => all.saturating_sub(3 + usize::try_from(random.below(3)).unwrap()),
            other => keys[usize::try_from(other % 2).unwrap()],
        };
        let id = random.of(&identities).cloned();
        let answered = match (random.below(100), id, random.of(&tokens).cloned()) {
            // Only one client regenerates keys, and it uses the other key to sign. So after a kill, one key is certain.
            (0, ..) if number == 0 => regenerate(&mut recorder, usize::try_from(random.below(2)).unwrap()),
            (97.., ..) => recorder.clock(key, change_of_clock(random)).is_some(),
            (1..15, ..) | (_, None, _) | (_, _, None) => {
                let custom = (random.below(2) == 0).then(|| random.below(CUSTOM_IDS));
                create(&mut recorder, key, custom)
            }
            (15..35, Some(id), _) => issue(&mut recorder, key, &id),
            (35..45, Some(id), _) => {
                let what = What::Revoke { id: id.clone() };
                let request = ("POST", &*format!("/identities/{id}/:revokeAccessTokens"), "");
                recorder.send(key, request, |_| what.clone(), what.clone()).is_some()
            }
            (45..50, Some(id), _) => {
                let what = What::Delete { id: id.clone() };
                let request = ("DELETE", &*format!("/identities/{id}"), "");
                recorder.send(key, request, |_| what.clone(), what.clone()).is_some()
            }
            (50..60, Some(id), _) => recorder.get(key, &id).is_some(),
            (_, _, Some(token)) => recorder.introspect(key, &token).is_some(),
        };
        if !answered {
            return;
        }
    }
}

fn create(recorder: &mut Recorder<'_>, key: Key, custom: Option<u64>) -> bool {
    let body = match custom {
        Some(custom) => format!(r#"{{"customId":"{custom}","createTokenWithScopes":["chat"]}}"#),
        None => r#"{"createTokenWithScopes":["chat"]}"#.to_owned(),
    };
    let made = |answer: &Answer| text(answer, "/identity/id").zip(text(answer, "/accessToken/token"));
    let answer = recorder.send(
        key,
        ("POST", "/identities", &body),
        |answer| What::Create { custom, made: made(answer) },
        What::Create { custom, made: None },
    );
    if let Some((id, token)) = answer.as_ref().and_then(made) {
        let mut shared = recorder.world.shared();
        if !shared.identities.contains(&id) {
            pushed(&mut shared.identities, id, IDENTITIES);
        }
        pushed(&mut shared.tokens, token, TOKENS);
    }
    answer.is_some()
}

fn issue(recorder: &mut Recorder<'_>, key: Key, id: &Id) -> bool {
    let answer = recorder.send(
        key,
        ("POST", &format!("/identities/{id}/:issueAccessToken"), r#"{"scopes":["chat"]}"#),
        |answer| What::Issue { id: id.clone(), token: text(answer, "/token") },
        What::Issue { id: id.clone(), token: None },
    );
    if let Some(token) = answer.as_ref().and_then(|answer| text(answer, "/token")) {
        pushed(&mut recorder.world.shared().tokens, token, TOKENS);
    }
    answer.is_some()
}

const NAMES: [(&str, &str); 2] = [("Primary", "primaryKey"), ("Secondary", "secondaryKey")];

/// Replaces a key. The request is signed with the other key.
fn regenerate(recorder: &mut Recorder<'_>, slot: usize) -> bool {
    let keys = recorder.world.shared().keys.map(Option::unwrap);
    let what = What::Regenerate { replaced: keys[slot] };
    let body = format!(r#"{{"keyType":"{}"}}"#, NAMES[slot].0);
    let request = ("POST", "/emulator/regenerate-key?", &*body);
    let Some(answer) = recorder.send(keys[1 - slot], request, |_| what.clone(), what.clone()) else { return false };
    let new = answer.body[NAMES[slot].1].as_str().unwrap().parse().unwrap();
    let mut shared = recorder.world.shared();
    shared.all_keys.push(new);
    shared.keys[slot] = Some(shared.all_keys.len() - 1);
    true
}

/// Finds out which keys are in force after a start, and what the clock shows. If the emulator was killed during a
/// regeneration, the old or the new key is in force.
pub fn reconcile(world: &World, mut client: Client) {
    let known = world.shared().keys;
    let mut candidates: Vec<AccessKey> = known.iter().flatten().map(|key| world.key(*key)).collect();
    if candidates.is_empty() {
        candidates.push(AccessKey::development());
    }
    let listed = candidates.into_iter().find_map(|key| {
        client.key = key;
        let answer = client.send("POST", "/emulator/list-keys?", "");
        (answer.status == 200).then_some(answer)
    });
    let listed = listed.expect("no key of before is in force");
    for (slot, (_, name)) in NAMES.iter().enumerate() {
        let key: AccessKey = listed.body[name].as_str().unwrap().parse().unwrap();
        if known[slot].is_some_and(|known| world.key(known) == key) {
            continue;
        }
        let now = world.now();
        let mut shared = world.shared();
        if let Some(replaced) = known[slot] {
            let was_asked_for =
                |record: &Record| matches!(record.what, What::Regenerate { replaced: one } if one == replaced);
            assert!(shared.records.iter().any(was_asked_for), "a key was replaced that nobody wanted to replace");
            let by = known[1 - slot].expect("both keys are known after the first start");
            shared.records.push(Record::found_replaced(replaced, by, now));
        }
        shared.all_keys.push(key);
        shared.keys[slot] = Some(shared.all_keys.len() - 1);
    }
    let key = world.shared().keys[0].unwrap();
    Recorder { world, client }.clock(key, Command::Show).expect("it answers");
}

/// Reads every identity and checks many tokens.
pub fn probe(world: &World, client: Client) {
    let mut recorder = Recorder { world, client };
    let (key, records, old) = {
        let shared = world.shared();
        (shared.keys[0].unwrap(), shared.records.clone(), shared.old.clone())
    };
    let mut identities = Vec::new();
    let mut tokens: VecDeque<Token> = VecDeque::new();
    for record in records {
        match record.what {
            What::Create { made: Some((id, token)), .. } => {
                identities.push(id);
                pushed(&mut tokens, token, PROBED);
            }
            What::Issue { token: Some(token), .. } => pushed(&mut tokens, token, PROBED),
            _ => {}
        }
    }
    identities.extend(old);
    identities.sort();
    identities.dedup();
    for id in &identities {
        recorder.get(key, id).expect("it answers");
    }
    for token in &tokens {
        recorder.introspect(key, token).expect("it answers");
    }
}
