//! The Entra endpoints of a tenant.

use std::env;
use std::fmt;

use azure_core::http::Url;

const DEFAULT: &str = "https://login.microsoftonline.com";

/// The reason why the endpoint of a tenant is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorityError {
    /// The tenant is neither an id nor a domain.
    Tenant(String),
    /// `AZURE_AUTHORITY_HOST` is not an https URL.
    Host(String),
}

impl fmt::Display for AuthorityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant(tenant) => write!(f, "'{tenant}' is not the id or the domain of a tenant"),
            Self::Host(host) => write!(f, "AZURE_AUTHORITY_HOST is not an https URL: '{host}'"),
        }
    }
}

impl std::error::Error for AuthorityError {}

/// Returns an OAuth endpoint of a tenant, `token` or `devicecode`. As in Azure's SDKs, `AZURE_AUTHORITY_HOST` selects
/// another cloud, with or without a scheme. If it is empty, it is ignored.
///
/// # Errors
///
/// When the tenant or the variable cannot be part of an https URL.
pub fn endpoint(tenant: &str, name: &str) -> Result<Url, AuthorityError> {
    let host = env::var("AZURE_AUTHORITY_HOST").ok().filter(|host| !host.is_empty());
    let host = host.as_deref().unwrap_or(DEFAULT);
    if tenant.is_empty() || !tenant.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) {
        return Err(AuthorityError::Tenant(tenant.to_owned()));
    }
    let scheme = if host.contains("://") { "" } else { "https://" };
    match Url::parse(&format!("{scheme}{}/{tenant}/oauth2/v2.0/{name}", host.trim_end_matches('/'))) {
        Ok(url) if url.scheme() == "https" => Ok(url),
        _ => Err(AuthorityError::Host(host.to_owned())),
    }
}
