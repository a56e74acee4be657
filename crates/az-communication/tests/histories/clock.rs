//! The clock of the service: the commands that change it, and the times that it may show at a moment of a history.

use acs_identity_protocol::jwt::UnverifiedJwt;

use crate::record::{Moment, Record, What};

/// What the machine's clock showed when the history began, in microseconds since 1970.
pub type Beginning = i64;

/// Two readings of the machine's clock may differ from the time between them by so many microseconds.
const TOLERANCE: i64 = 200_000;

/// What a clock does, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is so far ahead of the machine's clock.
    Ahead(i64),
    /// It stands still, so long after the start of 1970.
    Frozen(i64),
}

/// A command, with times in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Show,
    Set(i64),
    Advance(i64),
    Freeze,
    Resume,
    Reset,
}

/// A time between two others, in microseconds.
type Range = (i64, i64);

/// The states that a clock may be in.
#[derive(Clone, Copy)]
enum Possible {
    Ahead(Range),
    Frozen(Range),
}

impl Possible {
    fn only(state: State) -> Self {
        match state {
            State::Ahead(ahead) => Self::Ahead((ahead, ahead)),
            State::Frozen(at) => Self::Frozen((at, at)),
        }
    }

    fn includes(self, state: State) -> bool {
        match (self, state) {
            (Self::Ahead((least, most)), State::Ahead(ahead)) => {
                (least - TOLERANCE..=most + TOLERANCE).contains(&ahead)
            }
            (Self::Frozen((least, most)), State::Frozen(at)) => (least..=most).contains(&at),
            _ => false,
        }
    }
}

impl Command {
    /// Returns the states after this command came at one of these times of the machine.
    fn after(self, before: Possible, machine: Range) -> Possible {
        let ahead_at = |(least, most): Range| Possible::Ahead((least - machine.1, most - machine.0));
        let later = |(least, most): Range, by: i64| (least + by, most + by);
        match (self, before) {
            (Self::Reset, _) => Possible::Ahead((0, 0)),
            (Self::Set(time), Possible::Frozen(_)) => Possible::Frozen((time, time)),
            (Self::Set(time), Possible::Ahead(_)) => ahead_at((time, time)),
            (Self::Advance(by), Possible::Frozen(at)) => Possible::Frozen(later(at, by)),
            (Self::Advance(by), Possible::Ahead(ahead)) => Possible::Ahead(later(ahead, by)),
            (Self::Freeze, Possible::Ahead((least, most))) => {
                Possible::Frozen((machine.0 + least - TOLERANCE, machine.1 + most + TOLERANCE))
            }
            (Self::Resume, Possible::Frozen(at)) => ahead_at(at),
            (Self::Show | Self::Freeze, Possible::Frozen(_)) | (Self::Show | Self::Resume, Possible::Ahead(_)) => {
                before
            }
        }
    }
}

/// With more commands without an answer, the state of the clock is not known. Their orders are too many to try.
const MOST_UNANSWERED: usize = 4;

/// How many of them may still come after an answer, at most. That happens within milliseconds, so it is the last ones.
const MOST_LATE: usize = 2;

/// A command that was not answered.
type Unanswered = (Command, Moment);

/// What is known of the clock after a part of the history.
struct Known {
    /// What was shown last.
    state: State,
    /// The commands that may have taken effect since, or may still. A statement that the process had sent before it was
    /// killed can even end after a later command through another process.
    unanswered: Vec<Unanswered>,
}

impl Known {
    /// Returns the states that are possible at a moment, each with the commands without an answer that came before it.
    fn possible(&self, machine: impl Fn(Moment) -> Range) -> Vec<(Possible, Vec<Unanswered>)> {
        let mut all: Vec<(Possible, Vec<Unanswered>)> = vec![(Possible::only(self.state), Vec::new())];
        let mut next = 0;
        while let Some((state, came)) = all.get(next).cloned() {
            next += 1;
            for unanswered in self.unanswered.iter().filter(|unanswered| !came.contains(unanswered)) {
                let (command, began) = *unanswered;
                all.push((command.after(state, machine(began)), [came.as_slice(), &[*unanswered]].concat()));
            }
        }
        all
    }
}

/// A state that the clock may have had between two moments. `None` is an unknown one.
struct Span {
    from: Moment,
    until: Moment,
    state: Option<State>,
}

/// The states of the clock during a history.
#[derive(Default)]
pub struct Timeline {
    beginning: Beginning,
    spans: Vec<Span>,
    /// What breaks the promises.
    pub wrong: Vec<String>,
}

impl Timeline {
    /// Reads the commands of a history. The clients send them one after the other.
    pub fn of(records: &[Record], beginning: Beginning) -> Self {
        let mut timeline = Self { beginning, ..Self::default() };
        let mut known = None;
        let mut commands: Vec<(&Record, Command, Option<State>)> = records
            .iter()
            .filter(|record| record.ended.is_none() || record.is_acknowledged())
            .filter_map(|record| match record.what {
                What::Clock { command, shown } => Some((record, command, shown)),
                _ => None,
            })
            .collect();
        commands.sort_by_key(|(record, ..)| record.began);
        for (record, command, shown) in commands {
            if let Some(shown) = shown {
                let latest = record.latest();
                let came = known.as_ref().and_then(|known| timeline.came_before(known, command, shown, record));
                timeline.spans.iter_mut().for_each(|span| span.until = span.until.min(latest));
                // Each of them came at some time since it was sent.
                let came = came.unwrap_or_default();
                let unknown = |(_, from): &Unanswered| Span { from: *from, until: latest, state: None };
                timeline.spans.extend(came.iter().map(unknown));
                timeline.spans.push(Span { from: record.began, until: Moment::MAX, state: Some(shown) });
                // The clock is only asked for when a round begins or ends. Then nothing is under way any more.
                let mut unanswered = known.map_or_else(Vec::new, |known| known.unanswered);
                unanswered.retain(|one| command != Command::Show && !came.contains(one));
                unanswered.drain(..unanswered.len().saturating_sub(MOST_LATE));
                known = Some(Known { state: shown, unanswered });
            } else if command != Command::Show {
                timeline.spans.push(Span { from: record.began, until: Moment::MAX, state: None });
                known = known.filter(|known: &Known| known.unanswered.len() < MOST_UNANSWERED);
                if let Some(known) = &mut known {
                    known.unanswered.push((command, record.began));
                }
            }
        }
        timeline
    }

    fn machine(&self, moment: Moment) -> i64 {
        self.beginning.saturating_add(i64::try_from(moment / 1000).unwrap_or(i64::MAX))
    }

    /// Returns the commands without an answer that came before an answered one, as what that showed tells: those that
    /// came in each case that explains it. Returns `None`, and says what is wrong, if nothing explains it.
    fn came_before(
        &mut self,
        known: &Known,
        command: Command,
        shown: State,
        record: &Record,
    ) -> Option<Vec<Unanswered>> {
        let machine = |from| (self.machine(from), self.machine(record.latest()));
        let possible = known.possible(machine).into_iter();
        let explains = |before: Possible| command.after(before, machine(record.began)).includes(shown);
        let explained = possible.filter(|(before, _)| explains(*before)).map(|(_, came)| came);
        let came = explained.reduce(|mut all, one| {
            all.retain(|unanswered| one.contains(unanswered));
            all
        });
        if came.is_none() {
            self.wrong.push(format!("the clock shows what nobody has set: {record:?}"));
        }
        came
    }

    /// Returns the times that the clock may have shown between two moments. `None` is an unknown one.
    fn times(&self, from: Moment, until: Moment) -> impl Iterator<Item = Option<Range>> {
        let spans = self.spans.iter().filter(move |span| span.from <= until && span.until >= from);
        spans.map(move |span| {
            Some(match span.state? {
                State::Frozen(at) => (at, at),
                State::Ahead(ahead) => {
                    (self.machine(from) + ahead - TOLERANCE, self.machine(until) + ahead + TOLERANCE)
                }
            })
        })
    }

    /// Returns whether the clock may have shown a time between those of a token.
    pub fn may_be_in_time(&self, token: &str, from: Moment, until: Moment) -> bool {
        let Some((issued, expires)) = times_of(token) else { return true };
        let mut times = self.times(from, until).peekable();
        times.peek().is_none() || times.any(|time| time.is_none_or(|(least, most)| most >= issued && least < expires))
    }

    /// Returns whether the clock has only shown times between those of a token.
    pub fn is_in_time(&self, token: &str, from: Moment, until: Moment) -> bool {
        let Some((issued, expires)) = times_of(token) else { return true };
        self.times(from, until).all(|time| time.is_some_and(|(least, most)| least >= issued && most < expires))
    }
}

/// Returns when a token was issued and when it expires, in microseconds.
fn times_of(token: &str) -> Option<Range> {
    let jwt = UnverifiedJwt::decode(token).ok()?;
    let micros = |claim| Some(jwt.claim_seconds(claim)? * 1_000_000);
    Some((micros("iat")?, micros("exp")?))
}
