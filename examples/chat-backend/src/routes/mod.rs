//! The HTTP interface of the app.

mod account;
mod session;
mod token;

use std::future::Future;

use axum::Router;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{delete, get, post};

use crate::app::App;
use crate::error::Error;

/// Returns the routes of the app.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/sign-in", post(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/token", get(token::token))
        .route("/account", delete(account::delete))
        .fallback(async || Error::Request(StatusCode::NOT_FOUND, "There is no such page.".into()))
        .method_not_allowed_fallback(async || {
            Error::Request(StatusCode::METHOD_NOT_ALLOWED, "The page has no such method.".into())
        })
        .layer(map_response(no_store))
        .with_state(app)
}

/// No proxy and no browser keeps an answer, because it may have a token.
async fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Runs something to its end, even if the client closes the connection meanwhile. Otherwise, an identity could be
/// created and not be bound to its user.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!("a request ended early: {error}");
        Err(Error::Internal)
    })
}
