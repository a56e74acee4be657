//! What the code under test has sent.

use std::time::Duration;

use time::OffsetDateTime;

use super::faults::FaultId;
use crate::request_log::{CAPACITY, RequestLog, Wanted};

/// A request that has ended: it was answered, or its connection ended without an answer. It has no key, token, secret
/// or signature.
///
/// If a fault lost the answer ([`Fault::drop_after`](super::Fault::drop_after)), the request has no `status`, but it
/// has the `identity` that was created.
///
/// ```
/// # use std::io::{Read as _, Write as _};
/// # use std::net::TcpStream;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use acs_identity_emulator::testing::Emulator;
/// let emulator = Emulator::start().await?;
/// # let mut stream = TcpStream::connect(("127.0.0.1", emulator.port()))?;
/// # write!(stream, "POST /identities HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
/// # stream.read_to_end(&mut Vec::new())?;
/// // The code under test sends a request without a signature.
/// let requests = emulator.requests();
/// assert_eq!(requests[0].operation, Some("createIdentity"));
/// assert_eq!(requests[0].status, Some(401));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The number of the request, from 1.
    pub number: u64,
    /// When it came, by the machine's clock.
    pub time: OffsetDateTime,
    /// The method, such as `POST`. It is empty if the request could not be read.
    pub method: String,
    /// The path, without the query. Paths of more than 256 bytes are cut.
    pub path: String,
    /// The api-version as it was sent.
    pub api_version: Option<String>,
    /// The operation, such as `issueAccessToken`, if the path has one.
    pub operation: Option<&'static str>,
    /// The status of the response. `None` if the connection ended without one.
    pub status: Option<u16>,
    /// The code of the error.
    pub code: Option<String>,
    /// Why the request was refused.
    pub reason: Option<String>,
    /// The raw id in the path, or in the response.
    pub identity: Option<String>,
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// How long the emulator took.
    pub duration: Duration,
    /// The fault that the request has hit.
    pub fault: Option<FaultId>,
}

/// Returns the requests of a log, in their order.
pub(super) fn read(log: &RequestLog) -> Vec<Request> {
    let page = log.read(Wanted { after: None, most: CAPACITY }, |_| true);
    let shown = page.entries.into_iter().map(|(number, entry)| {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Request {
            number,
            time: entry.at,
            method: text(entry.method()).unwrap_or_default(),
            path: text(entry.path()).unwrap_or_default(),
            api_version: text(entry.version()),
            operation: entry.operation,
            status: entry.status,
            code: entry.refusal.as_ref().map(|refusal| refusal.code.clone().into_owned()),
            reason: entry.refusal.as_ref().and_then(|refusal| refusal.reason.clone()),
            identity: text(entry.identity()),
            user_agent: text(entry.agent()),
            duration: Duration::from_micros(entry.microseconds),
            fault: entry.fault.map(FaultId::of),
        }
    });
    shown.collect()
}
