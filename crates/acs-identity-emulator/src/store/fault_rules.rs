//! The rules of faults that all processes of a shared store have, as settings: the list of rules, and for each rule how
//! often it was counted.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::decide::Rows;
use super::operation::{Copied, Outcome};
use crate::faults::{Counts, Limits};

/// The name of the setting that holds the rules.
const RULES: &str = "faults";

/// The name of the setting that tells how often the requests that wait were ended.
const ENDED: &str = "waits_ended";

/// The rules, and the last id that was given.
#[derive(Default, Serialize, Deserialize)]
struct Rules {
    last: u64,
    rules: Vec<StoredRule>,
}

/// A rule as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredRule {
    pub(crate) id: u64,
    /// The rule in the form of the control API.
    pub(crate) rule: Value,
}

impl Copied {
    /// Returns the rules.
    pub(crate) fn fault_rules(&self) -> Vec<StoredRule> {
        parsed(self.setting(RULES)).rules
    }

    /// Returns how often a rule was counted.
    pub(crate) fn fault_counts(&self, id: u64) -> Counts {
        counts(self.setting(&counts_name(id)))
    }

    /// Returns how often the requests that wait were ended.
    pub(crate) fn ended_waits(&self) -> u64 {
        number(self.setting(ENDED))
    }
}

fn number(text: Option<&str>) -> u64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Returns the setting that holds these rules.
pub(crate) fn setting_of(rules: impl Iterator<Item = Value>) -> (String, String) {
    let rules: Vec<StoredRule> = (1..).zip(rules).map(|(id, rule)| StoredRule { id, rule }).collect();
    let rules = Rules { last: rules.len() as u64, rules };
    (RULES.to_owned(), serde_json::to_string(&rules).unwrap_or_default())
}

fn counts_name(id: u64) -> String {
    format!("fault {id}")
}

fn parsed(text: Option<&str>) -> Rules {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn counts(text: Option<&str>) -> Counts {
    let numbers = text.and_then(|text| {
        let (fitted, hits) = text.split_once(' ')?;
        Some(Counts { fitted: fitted.parse().ok()?, hits: hits.parse().ok()? })
    });
    numbers.unwrap_or_default()
}

fn put<R: Rows>(rows: &mut R, rules: &Rules) -> Result<(), R::Error> {
    rows.put_setting(RULES, &serde_json::to_string(rules).unwrap_or_default())
}

fn get<R: Rows>(rows: &mut R) -> Result<Rules, R::Error> {
    Ok(parsed(rows.setting(RULES)?.as_deref()))
}

/// Adds a rule, unless there are as many as there may be.
pub(super) fn add<R: Rows>(rows: &mut R, rule: &Value, most: usize) -> Result<Outcome, R::Error> {
    let mut all = get(rows)?;
    if all.rules.len() >= most {
        return Ok(Outcome::TooMany);
    }
    all.last += 1;
    all.rules.push(StoredRule { id: all.last, rule: rule.clone() });
    put(rows, &all)?;
    Ok(Outcome::FaultAdded { id: all.last })
}

/// Removes a rule, or all rules.
pub(super) fn remove<R: Rows>(rows: &mut R, id: Option<u64>) -> Result<Outcome, R::Error> {
    let mut all = get(rows)?;
    let (removed, kept): (Vec<_>, Vec<_>) =
        all.rules.into_iter().partition(|stored| id.is_none_or(|id| stored.id == id));
    for stored in &removed {
        rows.delete_setting(&counts_name(stored.id))?;
    }
    all.rules = kept;
    put(rows, &all)?;
    Ok(if removed.is_empty() { Outcome::Missing } else { Outcome::Done })
}

/// Ends the requests that a rule lets wait, in all processes, because the data that they are about is gone.
pub(super) fn end_waiting<R: Rows>(rows: &mut R) -> Result<(), R::Error> {
    let ended = number(rows.setting(ENDED)?.as_deref());
    rows.put_setting(ENDED, &ended.wrapping_add(1).to_string())
}

/// Counts a request that fits a rule. Says whether it is hit.
pub(super) fn count<R: Rows>(rows: &mut R, id: u64, limits: &Limits) -> Result<Outcome, R::Error> {
    let name = counts_name(id);
    let (counts, is_hit) = limits.count(counts(rows.setting(&name)?.as_deref()));
    rows.put_setting(&name, &format!("{} {}", counts.fitted, counts.hits))?;
    Ok(Outcome::FaultCounted { is_hit })
}
