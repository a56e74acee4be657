//! The types of the values in the lines of a record.

use serde_json::{Value as Json, json};

/// The name of the format in the first line.
pub(super) const FORMAT: &str = "az-communication-batch";

/// The version of the format. Version 1 had no first line and contained only tokens.
pub(super) const VERSION: u64 = 2;

/// The operation of a batch.
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

    /// Returns the name of the operation in the record. It is also the name of the command.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Issue => "token issue-batch",
            Self::Revoke => "token revoke-batch",
            Self::Delete => "user delete-batch",
        }
    }

    /// Returns the verb for one finished request.
    pub(crate) const fn verb(self) -> &'static str {
        match self {
            Self::Issue => "issued",
            Self::Revoke => "revoked",
            Self::Delete => "deleted",
        }
    }
}

/// The first line, which describes the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The operation of the batch.
    pub(crate) operation: Operation,
    /// The scopes of the tokens.
    pub(crate) scopes: Vec<String>,
    /// The lifetime of the tokens in minutes. `None` if the service chooses it.
    pub(crate) expires_in: Option<i32>,
    /// The service: the host, with the port and the path of the endpoint if it has them.
    pub(crate) host: String,
    /// The fingerprint of the access key, or `login`.
    pub(crate) key: String,
}

impl Header {
    /// Returns the line, including the line break.
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

    /// Describes how the batch of an existing record differs from the requested batch.
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
                Some(minutes) => format!("its tokens were requested with a lifetime of {minutes} minutes"),
                None => "its tokens were requested without --expires-in".to_owned(),
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

/// Formats scopes as `the scope chat` or `the scopes chat, voip`.
pub(crate) fn scopes_in_words(scopes: &[String]) -> String {
    let noun = if scopes.len() == 1 { "scope" } else { "scopes" };
    format!("the {noun} {}", scopes.join(", "))
}

/// The subject of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An existing user.
    User(String),
    /// A user with a user-defined name (custom id). The same name returns the same user.
    Named(String),
    /// A user to create. A name is stored only in the record.
    New {
        /// The number of the user in this record.
        n: u64,
        /// The name, if there is one.
        name: Option<String>,
    },
}

impl Subject {
    /// Returns the name of the subject in messages.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::User(user) => user,
            Self::Named(name) => name,
            Self::New { name, .. } => name.as_deref().unwrap_or("A new user"),
        }
    }
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestOutcome {
    /// A token was issued.
    Issued {
        /// The raw id.
        user: String,
        /// The token.
        token: String,
        /// The expiry, as the service writes it.
        expires_on: String,
    },
    /// A user was created, but the answer contained no token.
    Created {
        /// The raw id.
        user: String,
    },
    /// The tokens were revoked.
    Revoked,
    /// The user was deleted.
    Deleted,
    /// The user does not exist, or does not exist any more.
    Gone,
    /// The service refused the request.
    Failed {
        /// The HTTP status.
        status: u16,
        /// The message of the service.
        message: String,
    },
    /// The request was not carried out: it was not sent, or it did not reach the service.
    Unsent,
    /// It is unknown whether a user was created.
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
    /// The fingerprint of the key that the following lines were written with.
    Key(String),
    /// A request of this operation is about to be sent.
    Intent(Operation, Subject),
    /// The outcome of a request.
    Outcome(Subject, RequestOutcome),
    /// A token in the format of version 1.
    Former {
        /// The raw id.
        user: String,
        /// The token.
        token: String,
        /// The expiry.
        expires_on: String,
    },
}

impl Line {
    /// Checks whether the record of a batch with this operation can contain the line.
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
