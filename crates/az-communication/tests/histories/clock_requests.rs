//! The requests that show and change the clock, and their responses.

use acs_identity_protocol::time::{parse_iso, utc};
use azure_core::time::{Duration, OffsetDateTime};

use crate::clock::{Command, State};
use crate::support::emulator::Answer;
use crate::world::Random;

/// A second in microseconds.
const SECOND: i64 = 1_000_000;

/// Returns a time in microseconds since 1970.
pub fn micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1000).unwrap()
}

fn time_of(micros: i64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::microseconds(micros)
}

/// Returns the state of a clock that was shown.
pub fn state(answer: &Answer) -> Option<State> {
    let shown = |member: &str| parse_iso(answer.body[member].as_str()?);
    let (now, machine) = (shown("now")?, shown("machine")?);
    let is_frozen = answer.body["frozen"].as_bool()?;
    Some(if is_frozen { State::Frozen(micros(now)) } else { State::Ahead(micros(now) - micros(machine)) })
}

/// The clock is set to times that differ from the machine's by at most this number of hours, because a token is valid
/// for a day.
const HOURS: i64 = 10;

/// Chooses a command that changes the clock.
pub fn change_of_clock(random: &mut Random) -> Command {
    let mut within = |seconds: i64| {
        let choice = i64::try_from(random.below(2 * seconds.unsigned_abs() + 1)).unwrap();
        (choice - seconds) * SECOND
    };
    match within(10) / SECOND {
        ..-2 => Command::Set(micros(OffsetDateTime::now_utc()) + within(HOURS * 3600)),
        -2..2 => Command::Advance(within(600)),
        2..6 => Command::Freeze,
        6..9 => Command::Resume,
        _ => Command::Reset,
    }
}

/// Returns a command that sets the clock to a time at which the tokens of a round are neither expired nor of the
/// future.
pub fn after_all_changes() -> Command {
    Command::Set(micros(OffsetDateTime::now_utc()) + (HOURS + 1) * 3600 * SECOND)
}

/// Returns the method, the name below `/emulator/clock` and the body of the request for a command.
pub fn request(command: Command) -> (&'static str, &'static str, String) {
    match command {
        Command::Show => ("GET", "", String::new()),
        Command::Set(at) => ("POST", "/set", format!(r#"{{"now":"{}"}}"#, utc(time_of(at)))),
        Command::Advance(by) => ("POST", "/advance", format!(r#"{{"by":"{}s"}}"#, by / SECOND)),
        Command::Freeze => ("POST", "/freeze", String::new()),
        Command::Resume => ("POST", "/resume", String::new()),
        Command::Reset => ("POST", "/reset", String::new()),
    }
}
