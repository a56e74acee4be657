//! The state of a batch according to its record: which requests are done, and which are open.

use std::collections::{BTreeMap, HashMap};

use acs_identity_protocol::time::parse_iso;
use time::OffsetDateTime;

use crate::batch::record::types::{Line, RequestOutcome, Subject};

/// A token of the record.
#[derive(Debug, Clone, Copy)]
struct Token {
    expires_on: Option<OffsetDateTime>,
    /// How many keys the record named when the token was issued.
    key: usize,
}

#[derive(Debug, Default)]
struct User {
    done: bool,
    token: Option<Token>,
    open: bool,
}

/// The state of a user-defined name.
#[derive(Debug, Clone)]
enum Named {
    /// A request for it is open.
    Open,
    /// The user with this name.
    User(String),
    /// It is unknown whether the user was created.
    Unknown,
}

/// The state of a batch according to its record.
#[derive(Debug, Default)]
pub(crate) struct State {
    users: HashMap<String, User>,
    /// The users with tokens, in the order of the record.
    order: Vec<String>,
    /// The users who were created without a token, in the order of the record. Some of them may have received a token
    /// since.
    without_token: Vec<String>,
    names: HashMap<String, Named>,
    /// The creations without an outcome.
    open: BTreeMap<u64, Option<String>>,
    next: u64,
    created: usize,
    unknown: usize,
    keys: Vec<String>,
}

impl State {
    /// Adds the key that the following lines were written with.
    pub(crate) fn key(&mut self, fingerprint: String) {
        self.keys.push(fingerprint);
    }

    /// Returns the key that the last part of the record was written with.
    pub(crate) fn last_key(&self) -> Option<&str> {
        self.keys.last().map(String::as_str)
    }

    /// Adds a line.
    pub(crate) fn take(&mut self, line: Line) {
        match line {
            Line::Header(header) => self.key(header.key),
            Line::Key(key) => self.key(key),
            Line::Former { user, expires_on, .. } => {
                self.created += 1;
                self.issued(user, &expires_on);
            }
            Line::Intent(_, subject) => match subject {
                Subject::User(user) => self.users.entry(user).or_default().open = true,
                Subject::Named(name) => {
                    self.names.entry(name).or_insert(Named::Open);
                }
                Subject::New { n, name } => {
                    self.next = self.next.max(n.saturating_add(1));
                    self.open.insert(n, name);
                }
            },
            Line::Outcome(subject, outcome) => self.outcome(subject, outcome),
        }
    }

    fn outcome(&mut self, subject: Subject, outcome: RequestOutcome) {
        let (new, name) = match subject {
            Subject::New { n, name } => {
                self.next = self.next.max(n.saturating_add(1));
                self.open.remove(&n);
                (true, name)
            }
            Subject::Named(name) => (false, Some(name)),
            Subject::User(user) => {
                let entry = self.users.entry(user).or_default();
                entry.open = false;
                entry.done |=
                    matches!(outcome, RequestOutcome::Revoked | RequestOutcome::Deleted | RequestOutcome::Gone);
                if let RequestOutcome::Issued { user, expires_on, .. } = outcome {
                    self.issued(user, &expires_on);
                }
                return;
            }
        };
        match outcome {
            RequestOutcome::Issued { user, expires_on, .. } => {
                self.created += usize::from(new);
                if let Some(name) = name {
                    self.names.insert(name, Named::User(user.clone()));
                }
                self.issued(user, &expires_on);
            }
            RequestOutcome::Created { user } => {
                self.created += usize::from(new);
                if let Some(name) = name {
                    self.names.insert(name, Named::User(user.clone()));
                }
                self.without_token.push(user);
            }
            RequestOutcome::Unknown => {
                self.unknown += 1;
                if let Some(name) = name {
                    self.names.insert(name, Named::Unknown);
                }
            }
            _ => {
                if let Some(name) = name {
                    self.names.remove(&name);
                }
            }
        }
    }

    fn issued(&mut self, user: String, expires_on: &str) {
        let token = Token { expires_on: parse_iso(expires_on), key: self.keys.len() };
        let entry = self.users.entry(user.clone()).or_default();
        (entry.done, entry.open) = (true, false);
        if entry.token.replace(token).is_none() {
            self.order.push(user);
        }
    }

    /// Closes the creations whose outcome is not recorded, and returns their outcomes.
    pub(crate) fn close(&mut self) -> Vec<(Subject, RequestOutcome)> {
        let open: Vec<(Subject, RequestOutcome)> = std::mem::take(&mut self.open)
            .into_iter()
            .map(|(n, name)| (Subject::New { n, name }, RequestOutcome::Unknown))
            .collect();
        for (subject, outcome) in open.clone() {
            self.outcome(subject, outcome);
        }
        open
    }

    /// Checks whether nothing was done, as far as it is known: every request was refused or was not sent.
    pub(crate) fn is_blank(&self) -> bool {
        let is_open = |name: &Named| matches!(name, Named::Open);
        self.created == 0
            && self.unknown == 0
            && self.open.is_empty()
            && self.order.is_empty()
            && self.without_token.is_empty()
            && !self.names.values().any(is_open)
            && !self.users.values().any(|user| user.done || user.open)
    }

    /// Checks whether a user is done.
    pub(crate) fn is_done(&self, user: &str) -> bool {
        self.users.get(user).is_some_and(|user| user.done)
    }

    /// Checks whether a name is done, or will not be tried again.
    pub(crate) fn is_name_done(&self, name: &str) -> bool {
        match self.names.get(name) {
            Some(Named::User(user)) => self.is_done(user),
            Some(Named::Unknown) => true,
            Some(Named::Open) | None => false,
        }
    }

    /// Returns the user with a name.
    pub(crate) fn user_named(&self, name: &str) -> Option<&str> {
        match self.names.get(name)? {
            Named::User(user) => Some(user),
            _ => None,
        }
    }

    /// Checks whether a request about this subject was begun and its outcome is not recorded.
    pub(crate) fn is_open(&self, subject: &Subject) -> bool {
        match subject {
            Subject::User(user) => self.users.get(user).is_some_and(|user| user.open),
            Subject::Named(name) => matches!(self.names.get(name), Some(Named::Open)),
            Subject::New { n, .. } => self.open.contains_key(n),
        }
    }

    /// Returns the users who have tokens, in the order of the record.
    pub(crate) fn users_with_tokens(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }

    /// Returns the users whom this record created and who still have no token.
    pub(crate) fn users_without_tokens(&self) -> impl Iterator<Item = &str> {
        self.without_token.iter().map(String::as_str).filter(|user| !self.is_done(user))
    }

    /// Checks whether the token of a user expires before that time.
    pub(crate) fn expires_before(&self, user: &str, time: OffsetDateTime) -> bool {
        let token = self.users.get(user).and_then(|user| user.token);
        token.and_then(|token| token.expires_on).is_some_and(|expires_on| expires_on <= time)
    }

    /// Checks whether the token of a user was issued with another key than this one. Tokens in a record of the former
    /// version count as tokens of the first key.
    pub(crate) fn has_other_key(&self, user: &str, key: &str) -> bool {
        let token = self.users.get(user).and_then(|user| user.token);
        let issued_with = token.and_then(|token| self.keys.get(token.key.saturating_sub(1)));
        issued_with.is_some_and(|issued_with| issued_with != key)
    }

    /// Returns how many users were created, as far as it is known.
    pub(crate) fn created(&self) -> usize {
        self.created
    }

    /// Returns how many creations have an unknown outcome.
    pub(crate) fn unknown(&self) -> usize {
        self.unknown
    }

    /// Returns the number of the next creation.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }
}
