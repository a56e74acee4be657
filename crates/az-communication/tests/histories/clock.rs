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

fn is_near(value: i64, (least, most): Range) -> bool {
    (least - TOLERANCE..=most + TOLERANCE).contains(&value)
}

impl Command {
    /// Returns whether the clock may be in state `after` when this command came at one of these times of the machine,
    /// and the clock was in state `before`.
    fn leads_to(self, before: State, after: State, machine: Range) -> bool {
        let ahead_at = |time: i64| (time - machine.1, time - machine.0);
        match (self, before, after) {
            (Self::Reset, _, State::Ahead(ahead)) => is_near(ahead, (0, 0)),
            (Self::Set(time), State::Frozen(_), State::Frozen(at)) => at == time,
            (Self::Set(time), State::Ahead(_), State::Ahead(ahead)) => is_near(ahead, ahead_at(time)),
            (Self::Advance(by), State::Frozen(former), State::Frozen(at)) => at == former + by,
            (Self::Advance(by), State::Ahead(former), State::Ahead(ahead)) => {
                is_near(ahead, (former + by, former + by))
            }
            (Self::Show | Self::Freeze, State::Frozen(former), State::Frozen(at)) => at == former,
            (Self::Freeze, State::Ahead(ahead), State::Frozen(at)) => {
                is_near(at, (machine.0 + ahead, machine.1 + ahead))
            }
            (Self::Show | Self::Resume, State::Ahead(former), State::Ahead(ahead)) => is_near(ahead, (former, former)),
            (Self::Resume, State::Frozen(at), State::Ahead(ahead)) => is_near(ahead, ahead_at(at)),
            _ => false,
        }
    }
}

/// What is known of the clock after a part of the history.
#[derive(Clone, Copy)]
enum Known {
    Nothing,
    State(State),
    /// The clock was in this state. The command after it was not answered, so it may have happened.
    Perhaps(State, Command, Moment),
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
        let mut known = Known::Nothing;
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
            known = match (shown, known) {
                (Some(shown), _) => {
                    let latest = record.latest();
                    if !timeline.may_show(known, command, shown, record) {
                        timeline.wrong.push(format!("the clock shows what nobody has set: {record:?}"));
                    }
                    timeline.spans.iter_mut().for_each(|span| span.until = span.until.min(latest));
                    timeline.spans.push(Span { from: record.began, until: Moment::MAX, state: Some(shown) });
                    Known::State(shown)
                }
                // A command that only shows the clock leaves it as it is.
                (None, known) if command == Command::Show => known,
                (None, known) => {
                    timeline.spans.push(Span { from: record.began, until: Moment::MAX, state: None });
                    match known {
                        Known::State(state) => Known::Perhaps(state, command, record.began),
                        Known::Nothing | Known::Perhaps(..) => Known::Nothing,
                    }
                }
            };
        }
        timeline
    }

    fn machine(&self, moment: Moment) -> i64 {
        self.beginning.saturating_add(i64::try_from(moment / 1000).unwrap_or(i64::MAX))
    }

    /// Returns whether a command may have been answered with that state.
    fn may_show(&self, known: Known, command: Command, shown: State, record: &Record) -> bool {
        let machine = |from| (self.machine(from), self.machine(record.latest()));
        match known {
            Known::Nothing => true,
            Known::State(before) => command.leads_to(before, shown, machine(record.began)),
            Known::Perhaps(before, unanswered, began) => {
                command != Command::Show
                    || command.leads_to(before, shown, machine(record.began))
                    || unanswered.leads_to(before, shown, machine(began))
            }
        }
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
