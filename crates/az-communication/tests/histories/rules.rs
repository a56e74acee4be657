//! Tests each rule with a history that keeps it and a history that breaks it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::check::violations;
use crate::clock::{Command, State};
use crate::record::{Moment, Record, What};

/// Makes a record of an operation with key 0 and its response.
fn record(began: Moment, ended: Moment, status: u16, what: What) -> Record {
    Record { began, ended: Some(ended), status, key: 0, what }
}

fn unanswered(began: Moment, what: What) -> Record {
    Record { began, ended: None, status: 0, key: 0, what }
}

fn create(id: &str, token: &str) -> What {
    What::Create { custom: None, made: Some((Arc::from(id), Arc::from(token))) }
}

fn custom(id: &str, token: &str) -> What {
    What::Create { custom: Some(1), made: Some((Arc::from(id), Arc::from(token))) }
}

fn introspect(token: &str, active: bool) -> What {
    What::Introspect { token: Arc::from(token), active }
}

fn revoke(id: &str) -> What {
    What::Revoke { id: Arc::from(id) }
}

fn delete(id: &str) -> What {
    What::Delete { id: Arc::from(id) }
}

fn get(id: &str) -> What {
    What::Get { id: Arc::from(id) }
}

fn issue(id: &str, token: &str) -> What {
    What::Issue { id: Arc::from(id), token: Some(Arc::from(token)) }
}

fn breaks(promise: &str, records: &[Record]) {
    let wrong = violations(records, 0);
    assert!(wrong.iter().any(|wrong| wrong.starts_with(promise) || wrong.contains(promise)), "{wrong:?}");
}

fn keeps(records: &[Record]) {
    assert_eq!(violations(records, 0), Vec::<String>::new());
}

#[test]
fn a_replacement_that_is_found_after_a_start_keeps_the_promises() {
    let (replaced, by) = (0, 1);
    keeps(&[unanswered(0, What::Regenerate { replaced }), Record::found_replaced(replaced, by, 5)]);
    let by_itself = Record::found_replaced(replaced, replaced, 5);
    breaks("a replaced key was accepted", &[by_itself]);
    let later = record(6, 7, 200, get("a"));
    breaks("a replaced key was accepted", &[Record::found_replaced(replaced, by, 5), later]);
}

#[test]
fn a_revoked_token_is_not_active() {
    let history = |asked, active| {
        vec![
            record(0, 1, 201, create("a", "t")),
            record(2, 4, 204, revoke("a")),
            record(asked, asked + 1, 200, introspect("t", active)),
        ]
    };
    keeps(&history(5, false));
    keeps(&history(3, true));
    breaks("a revoked token is active", &history(5, true));
    // A check that overlaps with the issuing of the token may come first.
    let mut early = history(5, true);
    early[1].began = 0;
    keeps(&early);
}

#[test]
fn nothing_is_left_of_a_deleted_identity() {
    let history = |last| vec![record(0, 1, 201, create("a", "t")), record(2, 4, 204, delete("a")), last];
    keeps(&history(record(5, 6, 404, What::Issue { id: "a".into(), token: None })));
    keeps(&history(record(3, 6, 200, issue("a", "u"))));
    breaks("a deleted identity exists", &history(record(5, 6, 200, issue("a", "u"))));
    breaks("a deleted identity exists", &history(record(5, 6, 200, get("a"))));
    breaks("a token of a deleted identity is active", &history(record(5, 6, 200, introspect("t", true))));
}

#[test]
fn a_replaced_key_is_not_taken_and_its_tokens_are_not_active() {
    let regenerate = || Record { key: 1, ..record(2, 4, 200, What::Regenerate { replaced: 0 }) };
    let by_1 = |record: Record| Record { key: 1, ..record };
    let history = |last| vec![record(0, 1, 201, create("a", "t")), regenerate(), last];
    keeps(&history(record(3, 6, 200, get("a"))));
    keeps(&history(record(5, 6, 401, get("a"))));
    keeps(&history(by_1(record(5, 6, 200, introspect("t", false)))));
    breaks("a replaced key was accepted", &history(record(5, 6, 200, get("a"))));
    breaks("a token of a replaced key is active", &history(by_1(record(5, 6, 200, introspect("t", true)))));
    breaks("a key that is in force was refused", &history(by_1(record(5, 6, 401, get("a")))));
}

#[test]
fn a_custom_id_has_one_living_identity() {
    let first = record(0, 1, 201, custom("a", "t"));
    let second = record(6, 7, 201, custom("b", "u"));
    keeps(&[first.clone(), record(2, 4, 204, delete("a")), second.clone()]);
    keeps(&[first.clone(), unanswered(2, delete("a")), second.clone()]);
    breaks("live at once", &[first.clone(), second.clone()]);
    breaks("live at once", &[first.clone(), record(8, 9, 204, delete("a")), second.clone()]);
    let again = record(8, 9, 201, custom("a", "v"));
    breaks("live at once", &[first, record(2, 4, 204, delete("a")), second, again]);
}

#[test]
fn what_was_acknowledged_is_there() {
    let made = record(0, 1, 201, create("a", "t"));
    let lost = record(5, 6, 404, get("a"));
    breaks("an identity is lost", &[made.clone(), lost.clone()]);
    keeps(&[made.clone(), unanswered(2, delete("a")), lost]);
    let inactive = record(5, 6, 200, introspect("t", false));
    breaks("a token is not active although nothing has ended it", &[made.clone(), inactive.clone()]);
    keeps(&[made.clone(), unanswered(2, revoke("a")), inactive.clone()]);
    breaks("a token is not active", &[made.clone(), record(2, 3, 401, revoke("a")), inactive]);
    breaks("the operation cannot have this status", &[made, record(2, 3, 500, get("a"))]);
}

/// A command of the clock, with the state that was answered.
fn clock(command: Command, shown: State) -> What {
    What::Clock { command, shown: Some(shown) }
}

fn unanswered_clock(began: Moment, command: Command) -> Record {
    unanswered(began, What::Clock { command, shown: None })
}

const HOUR: i64 = 3_600_000_000;

#[test]
fn the_clock_shows_what_was_set() {
    let start = record(0, 1, 200, clock(Command::Show, State::Ahead(0)));
    let history = |command, shown, then| {
        vec![start.clone(), record(2, 3, 200, clock(command, shown)), record(4, 5, 200, clock(Command::Show, then))]
    };
    let wrong = "the clock shows what nobody has set";
    for (command, state) in [
        (Command::Set(HOUR), State::Ahead(HOUR)),
        (Command::Advance(HOUR), State::Ahead(HOUR)),
        (Command::Freeze, State::Frozen(0)),
        (Command::Resume, State::Ahead(0)),
        (Command::Reset, State::Ahead(0)),
    ] {
        keeps(&history(command, state, state));
        for other in [State::Ahead(2 * HOUR), State::Frozen(2 * HOUR)] {
            breaks(wrong, &history(command, other, other));
            breaks(wrong, &history(command, state, other));
        }
    }
    // While the clock stands still, not even a microsecond passes.
    let frozen = record(2, 3, 200, clock(Command::Freeze, State::Frozen(7)));
    let show = |at| record(4, 5, 200, clock(Command::Show, State::Frozen(at)));
    keeps(&[start.clone(), frozen.clone(), show(7)]);
    breaks(wrong, &[start, frozen, show(8)]);
}

#[test]
fn a_command_of_the_clock_without_an_answer_has_happened_or_not() {
    let start = record(0, 1, 200, clock(Command::Show, State::Ahead(0)));
    let history = |shown| {
        vec![start.clone(), unanswered_clock(2, Command::Advance(HOUR)), record(4, 5, 200, clock(Command::Show, shown))]
    };
    keeps(&history(State::Ahead(0)));
    keeps(&history(State::Ahead(HOUR)));
    breaks("the clock shows what nobody has set", &history(State::Ahead(2 * HOUR)));
    breaks("the clock shows what nobody has set", &history(State::Frozen(0)));
}

#[test]
fn a_command_of_the_clock_without_an_answer_may_come_after_a_later_one() {
    let state = State::Ahead;
    let history = |then, asked: Command, shown| {
        vec![
            record(0, 1, 200, clock(Command::Show, state(0))),
            unanswered_clock(2, Command::Advance(HOUR)),
            record(4, 5, 200, clock(Command::Advance(10 * HOUR), then)),
            record(6, 7, 200, clock(asked, shown)),
        ]
    };
    let advance = Command::Advance(100 * HOUR);
    keeps(&history(state(10 * HOUR), advance, state(110 * HOUR)));
    keeps(&history(state(10 * HOUR), advance, state(111 * HOUR)));
    keeps(&history(state(11 * HOUR), advance, state(111 * HOUR)));
    let wrong = "the clock shows what nobody has set";
    breaks(wrong, &history(state(12 * HOUR), advance, state(112 * HOUR)));
    // It comes once.
    breaks(wrong, &history(state(11 * HOUR), advance, state(112 * HOUR)));
    breaks(wrong, &history(state(10 * HOUR), advance, state(112 * HOUR)));
    // It does not come after the end of a round.
    let mut late = history(state(10 * HOUR), Command::Show, state(10 * HOUR));
    keeps(&late);
    late.push(record(8, 9, 200, clock(Command::Show, state(11 * HOUR))));
    breaks(wrong, &late);
    // Until then, the clock may have shown either time. A token of the first one may be active.
    let token = token(3600, 7200);
    let mut unknown = history(state(10 * HOUR), advance, state(111 * HOUR));
    unknown.insert(0, record(0, 1, 201, create("a", &token)));
    unknown.insert(4, record(5, 6, 200, introspect(&token, true)));
    keeps(&unknown);
}

/// A token that is issued and expires at these seconds.
fn token(issued: i64, expires: i64) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(&format!(r#"{{"iat":{issued},"exp":{expires}}}"#)), part("s"))
}

#[test]
fn a_token_is_active_at_its_time_only() {
    let token = token(3600, 7200);
    let history = |shown, active| {
        vec![
            record(0, 1, 200, clock(Command::Show, State::Frozen(HOUR))),
            record(2, 3, 201, create("a", &token)),
            record(4, 5, 200, clock(Command::Set(shown), State::Frozen(shown))),
            record(6, 7, 200, introspect(&token, active)),
        ]
    };
    for shown in [HOUR, 2 * HOUR - 1] {
        keeps(&history(shown, true));
        breaks("a token is not active although nothing has ended it", &history(shown, false));
    }
    for shown in [HOUR - 1, 2 * HOUR] {
        keeps(&history(shown, false));
        breaks("a token is active outside its time", &history(shown, true));
    }
    // While the clock is being set, both times count.
    let mut early = history(2 * HOUR, true);
    early[2].ended = Some(6);
    keeps(&early);
}
