//! Managed identities of App Service, which the environment announces, and of virtual machines.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use acs_identity_protocol::endpoint::shown;
use azure_core::credentials::AccessToken;
use azure_core::http::{Method, Request, Url};

use crate::service::login::endpoint;
use crate::service::login::failure::Reason;
use crate::service::login::variables::variable;
use crate::transport::send::Transport;

const API_VERSION: &str = "2019-08-01";

/// The token endpoint of virtual machines, and how long it takes to detect that this machine is not one.
const INSTANCE_METADATA: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), 80);
const INSTANCE_METADATA_URL: &str = "http://169.254.169.254/metadata/identity/oauth2/token";
const INSTANCE_METADATA_TIMEOUT: Duration = Duration::from_millis(300);

/// Gets a token of the identity of this machine, or of the identity in AZURE_CLIENT_ID.
pub(crate) fn token(transport: &Transport, scope: &str) -> Result<AccessToken, Reason> {
    let (endpoint, header) = match (variable("IDENTITY_ENDPOINT"), variable("IDENTITY_HEADER")) {
        (Some(_), Some(_)) if variable("IDENTITY_SERVER_THUMBPRINT").is_some() => {
            return Err(Reason::UnsupportedSource("Service Fabric"));
        }
        (Some(endpoint), Some(header)) => (endpoint, Some(header)),
        (Some(_), None) if variable("IMDS_ENDPOINT").is_some() => return Err(Reason::UnsupportedSource("Azure Arc")),
        (None, _) if variable("MSI_ENDPOINT").is_some() => {
            let secret = variable("MSI_SECRET").is_some();
            return Err(Reason::UnsupportedSource(if secret { "Azure Machine Learning" } else { "Cloud Shell" }));
        }
        (Some(_), None) => return Err(Reason::NotSet(vec!["IDENTITY_HEADER"])),
        // Outside Azure, this address does not answer, and the usual timeouts would take minutes.
        (None, _) if TcpStream::connect_timeout(&INSTANCE_METADATA, INSTANCE_METADATA_TIMEOUT).is_err() => {
            return Err(Reason::NoManagedIdentity);
        }
        (None, _) => (INSTANCE_METADATA_URL.into(), None),
    };
    let mut url = Url::parse(&endpoint)
        .map_err(|_| Reason::Misconfigured(format!("IDENTITY_ENDPOINT is not a URL: '{}'", shown(&endpoint))))?;
    let resource = scope.strip_suffix("/.default").unwrap_or(scope);
    url.query_pairs_mut().append_pair("api-version", API_VERSION).append_pair("resource", resource);
    if let Some(client) = variable("AZURE_CLIENT_ID") {
        url.query_pairs_mut().append_pair("client_id", &client);
    }
    let mut request = Request::new(url, Method::Get);
    request.insert_header("metadata", "true");
    if let Some(header) = &header {
        request.insert_header("x-identity-header", header.clone());
    }
    endpoint::ask(transport, &request, &[header.as_deref().unwrap_or_default()])
}
