//! `GET /token`.

use axum::Json;
use axum::extract::State;
use azure_core::time::to_rfc3339;
use serde::Serialize;

use super::session::SignedIn;
use super::to_its_end;
use crate::app::App;
use crate::error::Error;

/// What the app of a user needs to connect to the chat. It has no `Debug`, because the token is in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body {
    user: String,
    token: String,
    expires_on: String,
}

/// Returns a token of the signed-in user.
pub(super) async fn token(State(app): State<App>, user: SignedIn) -> Result<Json<Body>, Error> {
    let issued = to_its_end(async move { app.token(&user.name).await }).await?;
    Ok(Json(Body {
        user: issued.identity.into(),
        token: issued.token.token.secret().to_owned(),
        expires_on: to_rfc3339(&issued.token.expires_on),
    }))
}
