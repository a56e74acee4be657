//! Reads the answers of the service, and checks that they contain what the commands need.

use std::fmt;

use acs_identity::models::TokenScope;
use azure_core::http::Response;
use pyjmespath::{Object, Value};

use crate::service::calls::Service;
use crate::service::failure::{Asked, Cause, Failure};
use crate::service::page::Page;

/// A user and a token with its expiry as the service writes it. `Debug` does not show the token.
#[derive(Clone)]
pub struct Issued {
    /// The raw id.
    pub user: String,
    /// The JWT.
    pub token: String,
    /// The expiry.
    pub expires_on: String,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Service {
    /// Reads the value that a command needs from an answer.
    pub(crate) fn read<T, R>(
        &self,
        result: azure_core::Result<Response<R>>,
        asked: Asked,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let answer = match result {
            Ok(answer) => answer.into_body(),
            Err(error) => return Err(self.fail(error, asked)),
        };
        let mut created = None;
        let value = body(answer.as_ref()).and_then(|body| {
            read(&body).inspect_err(|_| {
                if matches!(asked, Asked::NewUser) {
                    created = string_at(&body, &["identity", "id"]).ok().filter(|id| !id.is_empty());
                }
            })
        });
        value.map_err(|what| {
            Failure::new(Cause::Answer { what, page: Page::of(answer.as_ref()), created }, self.connection(), asked)
        })
    }

    /// Creates the failure of an answer whose token is empty. A single command shows such a token unchanged, as the
    /// reference does. A record cannot store it.
    pub fn empty_token(&self, issued: &Issued, is_new: bool) -> Failure {
        let what = "its token, or the date of its token, is empty".to_owned();
        let (created, asked) = match is_new {
            true => (Some(issued.user.clone()), Asked::NewUser),
            false => (None, Asked::User(issued.user.clone())),
        };
        Failure::new(Cause::Answer { what, page: None, created }, self.connection(), asked)
    }
}

pub(crate) fn token_scopes(scopes: &[String]) -> Vec<TokenScope> {
    scopes.iter().map(|scope| TokenScope::from(scope.as_str())).collect()
}

pub(crate) fn token(body: &Value) -> Result<(String, String), String> {
    Ok((string_at(body, &["token"])?, string_at(body, &["expiresOn"])?))
}

/// Reads the body of an answer as the reference does: any JSON, so that an expiry in an unknown format is passed on.
pub(crate) fn body(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    if text.is_empty() {
        return Err("its body is empty".into());
    }
    Value::from_json(text.trim_start_matches('\u{feff}')).map_err(|error| format!("it is not JSON ({error})"))
}

pub(crate) fn string_at(body: &Value, path: &[&str]) -> Result<String, String> {
    let found = path.iter().try_fold(body, |value, name| value.get(name)).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| format!("it has no '{}'", path.join(".")))
}

/// Creates an object with these members in this order.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Object>())
}
