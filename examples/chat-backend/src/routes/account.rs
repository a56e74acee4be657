//! `DELETE /account`.

use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;

use super::session::{SignedIn, signed_out};
use super::to_its_end;
use crate::app::App;
use crate::error::Error;

/// Deletes the user and the identity.
pub(super) async fn delete(State(app): State<App>, user: SignedIn) -> Result<(StatusCode, CookieJar), Error> {
    to_its_end(async move { app.delete_account(&user.name).await }).await?;
    Ok((StatusCode::NO_CONTENT, signed_out()))
}
