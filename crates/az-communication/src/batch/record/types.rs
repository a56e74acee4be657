//! What the lines of a record are about.

use serde_json::{Value as Json, json};

use crate::batch::record::format::{FORMAT, VERSION};

/// What a batch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Issues tokens, and creates users for them.
    Issue,
    /// Revokes tokens.
    Revoke,
    /// Deletes users.
    Delete,
}

impl Operation {
    pub(super) const ALL: [Self; 3] = [Self::Issue, Self::Revoke, Self::Delete];

    /// Its name in the record, and that of its command.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Issue => "token issue-batch",
            Self::Revoke => "token revoke-batch",
            Self::Delete => "user delete-batch",
        }
    }

    /// What its requests do to one user.
    pub(crate) const fn verb(self) -> &'static str {
        match self {
            Self::Issue => "issued",
            Self::Revoke => "revoked",
            Self::Delete => "deleted",
        }
    }
}

/// The first line: what the record is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// What the batch does.
    pub(crate) operation: Operation,
    /// The scopes of the tokens.
    pub(crate) scopes: Vec<String>,
    /// Their lifetime in minutes; `None` where the service chooses.
    pub(crate) expires_in: Option<i32>,
    /// The service: its host, with the port and the path where the endpoint has them.
    pub(crate) host: String,
    /// The fingerprint of the access key, or `login`.
    pub(crate) key: String,
}

impl Header {
    /// The line, with the line break.
    pub(crate) fn line(&self) -> String {
        let issues = self.operation == Operation::Issue;
        let json = json!({
            "format": FORMAT,
            "version": VERSION,
            "operation": self.operation.name(),
            "scopes": if issues { json!(self.scopes) } else { Json::Null },
            "expires_in_minutes": self.expires_in,
            "host": self.host,
            "key": self.key,
        });
        format!("{json}\n")
    }

    /// How the record of another run differs from what this one asks for, in words.
    pub(crate) fn differences(&self, asked: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        if self.operation != asked.operation {
            differences.push(format!("it is the record of `{}`", self.operation.name()));
        }
        if sorted(&self.scopes) != sorted(&asked.scopes) && self.operation == asked.operation {
            differences.push(format!("its tokens have {}", scopes_in_words(&self.scopes)));
        }
        if self.expires_in != asked.expires_in && self.operation == asked.operation {
            differences.push(match self.expires_in {
                Some(minutes) => format!("its tokens were asked for with a lifetime of {minutes} minutes"),
                None => "its tokens were asked for without --expires-in".to_owned(),
            });
        }
        if self.host != asked.host {
            differences.push(format!("it belongs to the service {}", self.host));
        }
        differences
    }
}

fn sorted(scopes: &[String]) -> Vec<&String> {
    let mut scopes: Vec<&String> = scopes.iter().collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// `the scope chat`, `the scopes chat, voip`.
pub(crate) fn scopes_in_words(scopes: &[String]) -> String {
    let noun = if scopes.len() == 1 { "scope" } else { "scopes" };
    format!("the {noun} {}", scopes.join(", "))
}

/// Whom a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A user who exists.
    User(String),
    /// A user with a name of one's own (custom id): the same name gives the same user.
    Named(String),
    /// A user who is to be created. The name stands in the record only.
    New {
        /// Its number in this record.
        n: u64,
        /// Its name, where there is one.
        name: Option<String>,
    },
}

impl Subject {
    /// How messages call it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::User(user) => user,
            Self::Named(name) => name,
            Self::New { name, .. } => name.as_deref().unwrap_or("A new user"),
        }
    }
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestOutcome {
    /// A token was issued.
    Issued {
        /// The raw id.
        user: String,
        /// The token.
        token: String,
        /// When it expires, as the service writes it.
        expires_on: String,
    },
    /// A user was created, and the answer has no token.
    Created {
        /// The raw id.
        user: String,
    },
    /// The tokens were revoked.
    Revoked,
    /// The user was deleted.
    Deleted,
    /// There is no such user (any more).
    Gone,
    /// The service refused.
    Failed {
        /// The HTTP status.
        status: u16,
        /// What the service said.
        message: String,
    },
    /// The request was not carried out: it was not sent, or did not reach the service.
    Unsent,
    /// It is not known whether a user was created.
    Unknown,
}

impl RequestOutcome {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Issued { .. } => "issued",
            Self::Created { .. } => "created",
            Self::Revoked => "revoked",
            Self::Deleted => "deleted",
            Self::Gone => "gone",
            Self::Failed { .. } => "failed",
            Self::Unsent => "unsent",
            Self::Unknown => "unknown",
        }
    }
}

/// A line of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// The first line.
    Header(Header),
    /// What follows was done with this key.
    Key(String),
    /// A request is about to be sent. Its batch does this.
    Intent(Operation, Subject),
    /// What came of it.
    Outcome(Subject, RequestOutcome),
    /// A token in the form of version 1.
    Former {
        /// The raw id.
        user: String,
        /// The token.
        token: String,
        /// When it expires.
        expires_on: String,
    },
}

impl Line {
    /// Whether the record of a batch that does this can have the line.
    pub(crate) fn belongs_to(&self, operation: Operation) -> bool {
        let issues = operation == Operation::Issue;
        let fits = |subject: &Subject| issues || matches!(subject, Subject::User(_));
        match self {
            Self::Header(header) => header.operation == operation,
            Self::Key(_) => true,
            Self::Intent(intended, subject) => *intended == operation && fits(subject),
            Self::Outcome(subject, outcome) => {
                fits(subject)
                    && match outcome {
                        RequestOutcome::Issued { .. } => issues,
                        RequestOutcome::Created { .. } => issues && !matches!(subject, Subject::User(_)),
                        RequestOutcome::Revoked => operation == Operation::Revoke,
                        RequestOutcome::Deleted => operation == Operation::Delete,
                        RequestOutcome::Gone => !issues,
                        RequestOutcome::Failed { .. } | RequestOutcome::Unsent => true,
                        RequestOutcome::Unknown => issues && matches!(subject, Subject::New { .. }),
                    }
            }
            Self::Former { .. } => issues,
        }
    }
}
