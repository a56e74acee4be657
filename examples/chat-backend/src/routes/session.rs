//! `POST /sign-in` and `POST /sign-out`, and the session of a request.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

use super::to_its_end;
use crate::app::App;
use crate::error::Error;

const COOKIE: &str = "session";
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const LONGEST_NAME: usize = 64;

/// A request of a signed-in user.
pub(super) struct SignedIn {
    pub(super) name: String,
    session: String,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let jar = CookieJar::from_headers(&parts.headers);
        let session = jar.get(COOKIE).ok_or(Error::SignedOut)?.value().to_owned();
        let user = app.store.user_of_session(&session).await?.ok_or(Error::SignedOut)?;
        Ok(Self { name: user.name, session })
    }
}

#[derive(Deserialize)]
pub(super) struct SignIn {
    user: String,
}

/// Signs a user in. **The name is not checked.** A real app has a password, or OpenID Connect, here.
pub(super) async fn sign_in(
    State(app): State<App>,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<(StatusCode, CookieJar), Error> {
    let Json(SignIn { user }) = body.map_err(|error| Error::Request(error.status(), error.body_text()))?;
    if user.trim().is_empty() || user.chars().count() > LONGEST_NAME {
        let message = format!("'user' must have 1 to {LONGEST_NAME} characters.");
        return Err(Error::Request(StatusCode::BAD_REQUEST, message));
    }
    let session = app.store.begin_session(&user, LIFETIME).await?;
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(cookie(session))))
}

/// Revokes all tokens of the user, and ends the session.
pub(super) async fn sign_out(
    State(app): State<App>,
    SignedIn { name, session }: SignedIn,
) -> Result<(StatusCode, CookieJar), Error> {
    to_its_end(async move { app.sign_out(&session, &name).await }).await?;
    Ok((StatusCode::NO_CONTENT, signed_out()))
}

/// Returns what makes the browser forget the session.
pub(super) fn signed_out() -> CookieJar {
    let mut cookie = cookie(String::new());
    cookie.make_removal();
    CookieJar::new().add(cookie)
}

/// Returns the cookie of a session. Scripts cannot read it, and requests of other sites do not have it.
fn cookie(session: String) -> Cookie<'static> {
    Cookie::build((COOKIE, session)).path("/").http_only(true).secure(true).same_site(SameSite::Strict).build()
}
