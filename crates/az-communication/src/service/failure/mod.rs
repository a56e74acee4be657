//! The reasons why a request failed, as data. Retries, batches, the doctor and exit codes depend on these types.
//! `words` turns them into messages.

mod service_error;

pub use service_error::{ErrorBody, ServiceError, ServiceErrorKind};

use std::ops::Deref;

use acs_identity::UnknownOutcome;
use azure_core::credentials::Secret;
use azure_core::error::ErrorKind;

use crate::service::connection::{Auth, Connection};
use crate::service::login::LoginError;
use crate::service::page::Page;
use crate::transport::error::TransportError;
use crate::transport::http::reached::Reached;
use crate::transport::names;
use crate::transport::resend;

/// The subject of a request.
#[derive(Debug, Clone)]
pub enum Asked {
    /// No subject that an error could be about.
    Nothing,
    /// A new identity. Only the answer contains its id.
    NewUser,
    /// This user, by raw id.
    User(String),
    /// The exchange of a Teams user's Entra token.
    TeamsToken {
        /// The Entra token.
        token: Secret,
        /// The application's id.
        client_id: String,
        /// The user's object id.
        user_object_id: String,
    },
    /// The exchange of an Entra token, which needs this permission.
    EntraToken(&'static str),
}

/// The reason why a request failed.
#[derive(Debug)]
pub enum Cause {
    /// The service answered with an error.
    Service(Box<ServiceError>),
    /// There was no answer, or an incomplete one.
    Transport(Box<TransportError>),
    /// No credential returned a token.
    Credential(LoginError),
    /// The service carried out the request, but its answer is not as expected.
    Answer {
        /// The unexpected property of the answer.
        what: String,
        /// The web page that came instead of the answer.
        page: Option<Page>,
        /// The raw id of the new user, if the answer to a creation contains it anyway.
        created: Option<String>,
    },
    /// The request could not be made, for this reason.
    Local(String),
}

/// A failed request. It is boxed because many results contain it.
#[derive(Debug)]
pub struct Failure(Box<Parts>);

/// The reason for a failure, the subject of the request, and how it was authenticated.
#[derive(Debug)]
pub struct Parts {
    /// The reason.
    pub cause: Cause,
    /// The subject of the request.
    pub asked: Asked,
    /// Whether a login was used instead of an access key.
    pub login: bool,
    /// Whether the request went to the well-known emulator of this machine.
    pub development_emulator: bool,
    /// Whether the request went to a loopback address.
    pub is_local: bool,
    /// Whether a connection string was given together with the endpoint, although the login was used.
    pub unused_key: bool,
    /// Whether the connection string names `http://`. https is used anyway.
    pub plain_http: bool,
    /// How many gateway errors came before this failure. The request was sent again after each of them.
    pub lost: u32,
}

impl Failure {
    pub(crate) fn new(cause: Cause, connection: &Connection, asked: Asked) -> Self {
        let login = matches!(connection.auth, Auth::Login);
        let Connection { development_emulator, unused_key, plain_http, .. } = *connection;
        let is_local = names::is_loopback(connection.host_and_port().0);
        Self(Box::new(Parts { cause, asked, login, development_emulator, is_local, unused_key, plain_http, lost: 0 }))
    }

    /// Notes that the request was sent `lost` times before, and that the service may have carried it out each time.
    pub(crate) fn after(mut self, lost: u32) -> Self {
        self.0.lost = lost;
        self
    }

    pub(crate) fn of(error: azure_core::Error, connection: &Connection, asked: Asked) -> Self {
        if let ErrorKind::HttpResponse { raw_response: Some(response), .. } = error.kind() {
            return Self::new(Cause::Service(Box::new(ServiceError::of(response))), connection, asked);
        }
        Self::new(Cause::of(error), connection, asked)
    }

    /// Returns the error of the service, if it answered with one.
    pub fn service(&self) -> Option<&ServiceError> {
        match &self.cause {
            Cause::Service(error) => Some(error),
            _ => None,
        }
    }

    /// Checks whether the error is only about the user of the request, so that requests about other users can continue.
    pub fn is_about_one_user(&self) -> bool {
        matches!(self.asked, Asked::User(_))
            && self.service().is_some_and(|error| {
                matches!(error.kind, ServiceErrorKind::IdentityNotOwned | ServiceErrorKind::IdentityNotFound)
            })
    }

    /// Checks whether the connection failed, or ended before the request was sent, as it does when a service restarts.
    pub fn is_refused_connection(&self) -> bool {
        use TransportError::{Connect, Unsent};
        matches!(&self.cause, Cause::Transport(error) if matches!(**error, Connect(..) | Unsent(..)))
    }

    /// Checks whether there was no complete answer within the time limit.
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(&self.cause, Cause::Transport(error) if matches!(**error, TransportError::Timeout { .. }))
    }

    /// Returns the user whom the service created despite the failure.
    pub fn created_user(&self) -> Option<&str> {
        match &self.cause {
            Cause::Answer { created, .. } => created.as_deref(),
            _ => None,
        }
    }

    /// Checks whether an interrupt of the user ended the request.
    pub fn is_interrupted(&self) -> bool {
        use TransportError::{Interrupted, InterruptedWaiting};
        matches!(&self.cause, Cause::Transport(error) if matches!(**error, Interrupted | InterruptedWaiting { .. }))
    }

    /// Checks whether the service may have carried out the request.
    pub fn is_unknown(&self) -> bool {
        if self.lost > 0 {
            return true;
        }
        match &self.cause {
            // A gateway error means that the gateway has no answer, not that the service did nothing. An unexpected
            // success status does not show what was done, and neither does another protocol (101).
            Cause::Service(error) => resend::is_of_a_gateway(error.status) || error.status < 300,
            Cause::Credential(_) | Cause::Local(_) => false,
            Cause::Transport(_) | Cause::Answer { .. } => self.reached() != Reached::No,
        }
    }

    /// Returns how far the request got.
    pub fn reached(&self) -> Reached {
        match &self.cause {
            Cause::Service(_) | Cause::Answer { .. } => Reached::Answered,
            Cause::Transport(error) => error.reached(),
            Cause::Credential(_) | Cause::Local(_) => Reached::No,
        }
    }
}

impl Cause {
    /// Unwraps the error of the transport or of a credential from an error of azure_core.
    fn of(error: azure_core::Error) -> Self {
        let error = innermost(error);
        let text = error.to_string();
        match error.into_inner() {
            Ok(inner) => match inner.downcast::<TransportError>() {
                Ok(transport) => Self::Transport(transport),
                Err(inner) => match inner.downcast::<LoginError>() {
                    Ok(login) => Self::Credential(*login),
                    Err(_) => Self::Local(text),
                },
            },
            Err(_) => Self::Local(text),
        }
    }
}

/// Removes the errors that the SDK puts around an error of the transport for its other users.
fn innermost(mut error: azure_core::Error) -> azure_core::Error {
    loop {
        error = match error.into_downcast::<UnknownOutcome>() {
            Ok(outcome) => outcome.into_cause(),
            Err(error) => match error.into_downcast::<azure_core::Error>() {
                Ok(inner) => inner,
                Err(innermost) => return innermost,
            },
        };
    }
}

impl Deref for Failure {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
