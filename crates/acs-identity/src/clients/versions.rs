//! Refuses what the client's api-version lacks, before anything is sent. The service would answer 404, or would ignore
//! the member of a body silently (docs/service.md, section 1).

use acs_identity_protocol::api_version::{ApiVersion, KNOWN, TeamsUserBody};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::{Body, Request};

use super::CommunicationIdentityClient;
use super::communication_identity_client::DEFAULT_API_VERSION;
use crate::models::{CreateIdentityRequest, ExchangeTeamsUserAccessTokenRequest, IssueAccessTokenRequest};

impl CommunicationIdentityClient {
    /// Returns an error if the client's api-version lacks something. An unknown version may have it.
    fn require(&self, what: &str, has: fn(&ApiVersion) -> bool) -> azure_core::Result<()> {
        if ApiVersion::find(&self.api_version).is_none_or(has) {
            return Ok(());
        }
        let usual = ApiVersion::find(DEFAULT_API_VERSION).filter(|version| has(version));
        let other = usual.or_else(|| KNOWN.iter().rev().find(|version| has(version)));
        let other =
            other.map_or(String::new(), |version| format!(" to a version that has it, such as {}", version.name));
        Err(Error::with_message(
            ErrorKind::Other,
            format!(
                "the api-version {} of this client does not have {what}: set \
                 CommunicationIdentityClientOptions::api_version{other}",
                self.api_version
            ),
        ))
    }

    /// The first preview has other requests and answers, which this client does not write and read.
    fn require_this_form(&self) -> azure_core::Result<()> {
        self.require("requests of this form", |version| !version.legacy)
    }

    pub(super) fn require_custom_ids(&self, what: &str) -> azure_core::Result<()> {
        self.require(what, |version| version.custom_id)
    }

    pub(super) fn require_teams_extension(&self) -> azure_core::Result<()> {
        self.require("Teams extension", |version| version.teams_extension)
    }

    pub(super) fn require_entra(&self) -> azure_core::Result<()> {
        self.require("Entra assignments", |version| version.entra)
    }

    pub(super) fn require_revocation(&self) -> azure_core::Result<()> {
        self.require_this_form()
    }

    fn require_expiry(&self, minutes: Option<i32>) -> azure_core::Result<()> {
        match minutes {
            Some(_) => self.require("expires_in_minutes", |version| version.expiry),
            None => Ok(()),
        }
    }

    pub(super) fn check_create(&self, request: &Request) -> azure_core::Result<()> {
        self.require_this_form()?;
        let Some(body) = model::<CreateIdentityRequest>(request) else { return Ok(()) };
        if body.custom_id.is_some() {
            self.require_custom_ids("custom_id")?;
        }
        self.require_expiry(body.expires_in_minutes)
    }

    pub(super) fn check_issue(&self, request: &Request) -> azure_core::Result<()> {
        self.require_this_form()?;
        let Some(body) = model::<IssueAccessTokenRequest>(request) else { return Ok(()) };
        self.require_expiry(body.expires_in_minutes)
    }

    pub(super) fn check_teams_user(&self, request: &Request) -> azure_core::Result<()> {
        self.require("the exchange of Teams users' tokens", |version| version.teams_user.is_some())?;
        let Some(body) = model::<ExchangeTeamsUserAccessTokenRequest>(request) else { return Ok(()) };
        if body.app_id.is_some() || body.user_id.is_some() {
            let what = "app_id and user_id in the exchange of Teams users' tokens";
            self.require(what, |version| version.teams_user == Some(TeamsUserBody::TokenAppIdUserId))?;
        }
        Ok(())
    }
}

/// Reads the body of a request. Returns `None` if the request has another body, which the service then checks.
fn model<T: serde::de::DeserializeOwned>(request: &Request) -> Option<T> {
    match request.body() {
        Body::Bytes(bytes) if !bytes.is_empty() => azure_core::json::from_json(bytes).ok(),
        _ => None,
    }
}
