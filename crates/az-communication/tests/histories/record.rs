//! What a client asked for, when, and what it was answered.

use std::sync::Arc;

/// Nanoseconds since the history began.
pub type Moment = u64;

pub type Id = Arc<str>;
pub type Token = Arc<str>;

/// Which of all access keys, of before and after a regeneration.
pub type Key = usize;

#[derive(Debug, Clone)]
pub enum What {
    /// With a token, where that was answered.
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
    /// `timely` where the clock does not say that the token has expired.
    Introspect {
        token: Token,
        active: bool,
        timely: bool,
    },
    /// Replaces that key.
    Regenerate {
        replaced: Key,
    },
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Record {
    pub began: Moment,
    /// When its answer was there; `None` where none came, so that it may have happened at any time from then on, or never.
    pub ended: Option<Moment>,
    /// 0 where there was no answer.
    pub status: u16,
    /// The key that signed it.
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

    /// The last moment at which it can have happened.
    pub fn latest(&self) -> Moment {
        self.ended.unwrap_or(Moment::MAX)
    }
}
