//! The rules that every history must keep, and the search for violations.
//!
//! An operation takes effect at some moment between its request and its response. So an operation that began after
//! another one had ended comes after it. The order of overlapping operations is unknown.

use std::collections::HashMap;

use crate::clock::{Beginning, Timeline};
use crate::record::{Id, Key, Moment, Record, Token, What};

/// An operation that ends something: a revocation, a deletion or a regeneration.
#[derive(Clone, Copy)]
struct End {
    began: Moment,
    latest: Moment,
    is_acknowledged: bool,
}

impl End {
    fn of(record: &Record) -> Self {
        Self { began: record.began, latest: record.latest(), is_acknowledged: record.is_acknowledged() }
    }

    fn is_before(&self, moment: Moment) -> bool {
        self.is_acknowledged && self.latest <= moment
    }
}

/// The identity and the operation that a token comes from.
struct Origin<'a> {
    id: &'a Id,
    record: &'a Record,
}

#[derive(Default)]
struct Index<'a> {
    timeline: Timeline,
    revocations: HashMap<&'a Id, Vec<End>>,
    deletions: HashMap<&'a Id, Vec<End>>,
    regenerations: HashMap<Key, Vec<End>>,
    tokens: HashMap<&'a Token, Origin<'a>>,
    by_custom_id: HashMap<u64, Vec<(&'a Id, &'a Record)>>,
}

impl<'a> Index<'a> {
    fn of(records: &'a [Record], beginning: Beginning) -> Self {
        let mut index = Self { timeline: Timeline::of(records, beginning), ..Self::default() };
        for record in records {
            // A refused operation has ended nothing.
            let happened = record.ended.is_none() || record.is_acknowledged();
            match &record.what {
                What::Revoke { .. } | What::Delete { .. } | What::Regenerate { .. } if !happened => {}
                What::Revoke { id } => index.revocations.entry(id).or_default().push(End::of(record)),
                What::Delete { id } => index.deletions.entry(id).or_default().push(End::of(record)),
                What::Regenerate { replaced } => {
                    index.regenerations.entry(*replaced).or_default().push(End::of(record));
                }
                What::Create { custom, made: Some((id, token)) } => {
                    index.tokens.insert(token, Origin { id, record });
                    if let Some(custom) = custom {
                        index.by_custom_id.entry(*custom).or_default().push((id, record));
                    }
                }
                What::Issue { id, token: Some(token) } => {
                    index.tokens.insert(token, Origin { id, record });
                }
                _ => {}
            }
        }
        index
    }

    fn deletions(&self, id: &Id) -> &[End] {
        self.deletions.get(id).map_or(&[], Vec::as_slice)
    }

    fn revocations(&self, id: &Id) -> &[End] {
        self.revocations.get(id).map_or(&[], Vec::as_slice)
    }

    fn regenerations(&self, key: Key) -> &[End] {
        self.regenerations.get(&key).map_or(&[], Vec::as_slice)
    }
}

/// Returns descriptions of all violations.
pub fn violations(records: &[Record], beginning: Beginning) -> Vec<String> {
    let mut index = Index::of(records, beginning);
    let mut wrong = std::mem::take(&mut index.timeline.wrong);
    for record in records {
        for why in [of_status(record), of_key(&index, record), of_operation(&index, record)].into_iter().flatten() {
            wrong.push(format!("{why}: {record:?}"));
        }
    }
    for (custom, made) in &index.by_custom_id {
        wrong.extend(of_custom_id(&index, made).map(|why| format!("custom id {custom}: {why}")));
    }
    wrong
}

/// Checks whether the operation can have this status.
fn of_status(record: &Record) -> Option<&'static str> {
    let good: &[u16] = match &record.what {
        What::Create { .. } => &[201],
        What::Issue { .. } | What::Get { .. } => &[200, 404],
        What::Revoke { .. } | What::Delete { .. } => &[204, 404],
        What::Introspect { .. } | What::Regenerate { .. } | What::Clock { .. } => &[200],
    };
    let fits = record.ended.is_none() || record.status == 401 || good.contains(&record.status);
    (!fits).then_some("the operation cannot have this status")
}

/// Checks that a key is accepted until it is replaced, and refused afterwards.
fn of_key(index: &Index<'_>, record: &Record) -> Option<&'static str> {
    let ended = record.ended?;
    let regenerations = index.regenerations(record.key);
    if record.status == 401 {
        let may_be_gone = regenerations.iter().any(|end| end.began <= ended);
        return (!may_be_gone).then_some("a key that is in force was refused");
    }
    let is_gone = regenerations.iter().any(|end| end.is_before(record.began));
    is_gone.then_some("a replaced key was accepted")
}

fn of_operation(index: &Index<'_>, record: &Record) -> Option<&'static str> {
    let ended = record.ended?;
    match &record.what {
        What::Introspect { token, active } => {
            let origin = index.tokens.get(token)?;
            let is_over = |end: &End| end.began <= ended;
            if *active {
                if !index.timeline.may_be_in_time(token, record.began, ended) {
                    return Some("a token is active outside its time");
                }
                return why_not_active(index, origin, record.began);
            }
            let timely = index.timeline.is_in_time(token, record.began, ended);
            let born = origin.record.began;
            let may_be_ended = index.revocations(origin.id).iter().any(|end| is_over(end) && end.latest >= born)
                || index.deletions(origin.id).iter().any(is_over)
                || index.regenerations(origin.record.key).iter().any(is_over);
            (record.status == 200 && timely && !may_be_ended)
                .then_some("a token is not active although nothing has ended it")
        }
        What::Get { id } if record.status == 404 => {
            let may_be_gone = index.deletions(id).iter().any(|end| end.began <= ended);
            (!may_be_gone).then_some("an identity is lost")
        }
        What::Issue { id, .. } | What::Get { id } | What::Create { made: Some((id, _)), .. }
            if record.is_acknowledged() =>
        {
            let is_gone = index.deletions(id).iter().any(|end| end.is_before(record.began));
            is_gone.then_some("a deleted identity exists")
        }
        _ => None,
    }
}

/// Returns the reason why a token cannot be active at that moment.
fn why_not_active(index: &Index<'_>, origin: &Origin<'_>, at: Moment) -> Option<&'static str> {
    let born = origin.record.latest();
    if index.revocations(origin.id).iter().any(|end| end.is_before(at) && end.began >= born) {
        return Some("a revoked token is active");
    }
    if index.deletions(origin.id).iter().any(|end| end.is_before(at)) {
        return Some("a token of a deleted identity is active");
    }
    let is_gone = index.regenerations(origin.record.key).iter().any(|end| end.is_before(at));
    is_gone.then_some("a token of a replaced key is active")
}

/// Checks that a custom id gets another identity only if the earlier one was deleted in between.
fn of_custom_id(index: &Index<'_>, made: &[(&Id, &Record)]) -> Option<String> {
    // For each identity: the time of the first response that named it, and of the last request that returned it.
    let mut spans: HashMap<&Id, (Moment, Moment)> = HashMap::new();
    for (id, record) in made {
        let span = spans.entry(id).or_insert((record.latest(), record.began));
        *span = (span.0.min(record.latest()), span.1.max(record.began));
    }
    let comes_first = |one: &Id, last: Moment, first_of_other: Moment| {
        let is_between = |end: &End| end.latest >= last && end.began <= first_of_other;
        last <= first_of_other && index.deletions(one).iter().any(is_between)
    };
    for (one, (first_of_one, last_of_one)) in &spans {
        for (other, (first_of_other, last_of_other)) in &spans {
            if one < other
                && !comes_first(one, *last_of_one, *first_of_other)
                && !comes_first(other, *last_of_other, *first_of_one)
            {
                return Some(format!("{one} and {other} live at once"));
            }
        }
    }
    None
}
