//! What the tests share: the emulator, the database, and a browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions, Timeouts, UserId};
use acs_identity_emulator::testing::{Emulator, Fault};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use chat_backend::{App, Store, TIMEOUTS, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::log;

/// For tests in which the service does not answer.
pub const IMPATIENT: Timeouts = Timeouts {
    attempt: Some(Duration::from_millis(300)),
    operation: Some(Duration::from_millis(300)),
    pause: Some(Duration::ZERO),
};

/// A folder that is removed on drop.
pub struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The service and the database of a test. They stay when the app is restarted.
pub struct World {
    pub emulator: Emulator,
    folder: Folder,
}

impl World {
    pub async fn new() -> Self {
        log::begin();
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("chat-backend-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Self { emulator: Emulator::start().await.unwrap(), folder: Folder(folder) }
    }

    /// Returns the client of an app, which trusts the emulator.
    pub fn client(&self, timeouts: Timeouts) -> CommunicationIdentityClient {
        let client_options = self.emulator.client_options();
        let options = CommunicationIdentityClientOptions { client_options, timeouts, ..Default::default() };
        let connection_string = self.emulator.connection_string();
        CommunicationIdentityClient::with_connection_string(connection_string, Some(options)).unwrap()
    }

    pub async fn store(&self) -> Store {
        Store::open(&self.folder.0.join("chat.db")).await.unwrap()
    }

    /// Starts the app, or another instance of it.
    pub async fn app(&self) -> Router {
        self.app_with(TIMEOUTS).await
    }

    pub async fn app_with(&self, timeouts: Timeouts) -> Router {
        router(App::new(self.store().await, self.client(timeouts)))
    }

    /// Returns the identity that is bound to a user.
    pub async fn identity(&self, name: &str) -> Option<UserId> {
        self.store().await.user(name).await.unwrap().unwrap().identity
    }

    /// Makes the service too busy for an operation. It asks for 30 seconds.
    pub fn is_too_busy_to(&self, operation: &str) {
        self.emulator.faults().add(Fault::on(operation).status(429).retry_after(Duration::from_secs(30)));
    }

    /// Returns the operations that the app has sent.
    pub fn sent(&self) -> Vec<&'static str> {
        self.emulator.requests().into_iter().filter_map(|request| request.operation).collect()
    }
}

/// An answer of the app.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A browser, with the cookie of a session if somebody is signed in.
pub struct Browser {
    router: Router,
    pub cookie: String,
}

impl Browser {
    pub fn new(router: &Router) -> Self {
        Self { router: router.clone(), cookie: String::new() }
    }

    /// Signs a user in.
    pub async fn of(name: &str, router: &Router) -> Self {
        let mut browser = Self::new(router);
        let answer = browser.send(Method::POST, "/sign-in", json!({ "user": name })).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
        let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut browser.cookie);
        browser
    }

    /// Goes on with the same session at another instance of the app.
    pub fn at(&self, router: &Router) -> Self {
        Self { router: router.clone(), cookie: self.cookie.clone() }
    }

    pub async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(path).header(COOKIE, &self.cookie);
        let request = request.header(CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap();
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Answer { status: head.status, headers: head.headers, body }
    }

    pub async fn get_token(&self) -> Answer {
        self.send(Method::GET, "/token", Value::Null).await
    }

    pub async fn sign_out(&self) -> Answer {
        self.send(Method::POST, "/sign-out", Value::Null).await
    }

    pub async fn delete_account(&self) -> Answer {
        self.send(Method::DELETE, "/account", Value::Null).await
    }

    /// Returns the identity and the token of the user.
    pub async fn token(&self) -> (String, String) {
        let answer = self.get_token().await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let text = |name: &str| answer.body[name].as_str().unwrap().to_owned();
        (text("user"), text("token"))
    }
}
