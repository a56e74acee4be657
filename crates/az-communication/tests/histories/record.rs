//! The records of a client: its requests with their times and responses.

use std::sync::Arc;

use crate::clock::{Command, State};

/// Nanoseconds since the history began.
pub type Moment = u64;

pub type Id = Arc<str>;
pub type Token = Arc<str>;

/// The index of a key among all keys, including replaced ones.
pub type Key = usize;

#[derive(Debug, Clone)]
pub enum What {
    /// With the identity and the token of the response.
    Create {
        custom: Option<u64>,
        made: Option<(Id, Token)>,
    },
    Issue {
        id: Id,
        token: Option<Token>,
    },
    Revoke {
        id: Id,
    },
    Delete {
        id: Id,
    },
    Get {
        id: Id,
    },
    Introspect {
        token: Token,
        active: bool,
    },
    /// Replaces that key.
    Regenerate {
        replaced: Key,
    },
    /// With the state that the clock had then, where that was answered.
    Clock {
        command: Command,
        shown: Option<State>,
    },
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Record {
    pub began: Moment,
    /// The time of the response. Without a response, the operation may have taken effect at any time since its request,
    /// or never.
    pub ended: Option<Moment>,
    /// The status, or 0 without a response.
    pub status: u16,
    /// The key with which the request was signed.
    pub key: Key,
    pub what: What,
}

impl Record {
    /// A regeneration whose answer never came, but which is known to have happened by then. The other key signed it.
    pub fn found_replaced(replaced: Key, by: Key, at: Moment) -> Self {
        Self { began: at, ended: Some(at), status: 200, key: by, what: What::Regenerate { replaced } }
    }

    pub fn is_acknowledged(&self) -> bool {
        self.ended.is_some() && (200..300).contains(&self.status)
    }

    /// Returns the last moment at which the operation can have taken effect.
    pub fn latest(&self) -> Moment {
        self.ended.unwrap_or(Moment::MAX)
    }
}
