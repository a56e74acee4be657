//! Asks whether an access token is active. Only the emulator answers this (docs/emulator/tokens.md).

use super::request::send_through;
use super::{CommunicationIdentityClient, answer};
use acs_identity_protocol::endpoint::shown;
use acs_identity_protocol::raw_id::encode_path_segment;
use azure_core::Value;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::{Context, Method, Request, StatusCode};

/// The answers of a service that has no introspection.
const NOT_THERE: [StatusCode; 4] =
    [StatusCode::Unauthorized, StatusCode::Forbidden, StatusCode::NotFound, StatusCode::MethodNotAllowed];

impl CommunicationIdentityClient {
    /// Asks whether a token is active. The request has the token alone: whoever holds a token may ask.
    pub(super) async fn introspect(&self, token: &str) -> azure_core::Result<bool> {
        let mut url = self.endpoint.clone();
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}/introspect"));
        let mut request = Request::new(url, Method::Post);
        request.insert_header("accept", "application/json");
        request.insert_header("content-type", "application/x-www-form-urlencoded");
        request.set_body(format!("token={}", encode_path_segment(token)));
        match send_through(self.user_pipeline(), &Context::new(), request, &[200]).await {
            // RFC 7662, section 2.2.
            Ok(response) => answer::read(response.body())?.get("active").and_then(Value::as_bool).ok_or_else(|| {
                Error::with_message(
                    ErrorKind::DataConversion,
                    "the service's answer has no 'active' that is true or false",
                )
            }),
            // A service that wants a credential for every path says 401 also for those that it does not have.
            Err(error) if error.http_status().is_some_and(|status| NOT_THERE.contains(&status)) => {
                let message = format!(
                    "{} cannot tell whether a token is active: it has no POST /introspect ({error}). The emulator has \
                     it, the service of Azure does not",
                    shown(self.endpoint.as_str())
                );
                Err(Error::with_error(ErrorKind::Other, error, message))
            }
            Err(error) => Err(error),
        }
    }
}
