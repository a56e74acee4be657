//! Names that are asked of name servers.
//!
//! hickory-resolver asks one server about one name. Which names, which servers in which order, and which answer counts is
//! decided here: asking several servers at once takes the fastest one's answer, which is the wrong one where only the
//! first server knows the names of a private network.

use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, StreamExt as _};
use hickory_resolver::Resolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::time::{sleep, timeout_at};

use super::connected_udp::ConnectedUdp;

use super::resolv_conf::Settings;
use crate::system::NULL_DEVICE;
use crate::system::limits;
use crate::system::name_error::{NameError, ServerFailure};

/// The next server is asked, too, when one is silent for so long.
const NEXT_SERVER: Duration = Duration::from_secs(1);
/// How long addresses of one family wait for those of the other.
const OTHER_FAMILY: Duration = Duration::from_secs(1);

/// How many files the runtime opens, and a server's two sockets. The runtime panics where it may open too few.
const FILES: usize = 8;

/// The addresses that the name servers give a name.
pub(super) fn addresses(host: &str, name: &str, deadline: Instant) -> Result<Vec<IpAddr>, NameError> {
    // A runtime cannot be started on a thread that drives another one.
    if tokio::runtime::Handle::try_current().is_ok() {
        return std::thread::scope(|scope| {
            let asking = scope.spawn(|| on_a_runtime(host, name, deadline));
            asking.join().unwrap_or_else(|_| Err(NameError::NoAnswer(host.to_owned(), Vec::new())))
        });
    }
    on_a_runtime(host, name, deadline)
}

fn on_a_runtime(host: &str, name: &str, deadline: Instant) -> Result<Vec<IpAddr>, NameError> {
    let unknown = || NameError::NoAnswer(host.to_owned(), Vec::new());
    let system = |error| NameError::System(host.to_owned(), error);
    room_for_files(FILES).map_err(system)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(system)?;
    let settings = Settings::read();
    runtime.block_on(async {
        match timeout_at(deadline.into(), search(&settings, name)).await {
            Ok(Outcome::Found(addresses)) => Ok(addresses),
            Ok(Outcome::Nothing) => Err(NameError::NotFound(host.to_owned())),
            Ok(Outcome::Failed(servers)) => Err(NameError::NoAnswer(host.to_owned(), servers)),
            Err(_) => Err(unknown()),
        }
    })
}

/// What is known about a name.
enum Outcome {
    Found(Vec<IpAddr>),
    /// There is no such name, or it has no address.
    Nothing,
    /// No server says.
    Failed(Vec<(IpAddr, ServerFailure)>),
}

/// Tries each full name that a name may stand for.
async fn search(settings: &Settings, name: &str) -> Outcome {
    let mut failed = None;
    for candidate in settings.candidates(name) {
        // What is not a name in DNS is not in DNS.
        let Ok(candidate) = Name::from_ascii(&candidate) else { continue };
        match ask_servers(settings, &candidate).await {
            Outcome::Nothing => {}
            Outcome::Failed(servers) => {
                let silent = servers.iter().all(|(_, failure)| !matches!(failure, ServerFailure::Code(_)));
                failed.get_or_insert(servers);
                // They would be silent about the other names, too.
                if silent {
                    break;
                }
            }
            found @ Outcome::Found(_) => return found,
        }
    }
    failed.map_or(Outcome::Nothing, Outcome::Failed)
}

/// Asks the servers in their order: the next one when one fails, or is silent.
async fn ask_servers(settings: &Settings, name: &Name) -> Outcome {
    let mut waiting = settings.servers.iter();
    let mut asked = FuturesUnordered::new();
    let mut failures = Vec::new();
    let ask = |server: IpAddr| async move { (server, ask(settings, server, name).await) };
    loop {
        if asked.is_empty() {
            match waiting.next() {
                Some(server) => asked.push(ask(*server)),
                None => return Outcome::Failed(failures),
            }
        }
        let answer = tokio::select! {
            answer = asked.next() => answer,
            () = sleep(NEXT_SERVER), if waiting.len() > 0 => None,
        };
        match answer {
            Some((_, Ok(addresses))) if addresses.is_empty() => return Outcome::Nothing,
            Some((_, Ok(addresses))) => return Outcome::Found(addresses),
            Some((server, Err(failure))) => failures.push((server, failure)),
            None => {}
        }
        if let Some(server) = waiting.next() {
            asked.push(ask(*server));
        }
    }
}

/// What one server says about one family: `None` where there is no such name.
type Answer = Result<Option<Vec<IpAddr>>, ServerFailure>;

/// Asks one server about both families. No addresses is an answer.
async fn ask(settings: &Settings, server: IpAddr, name: &Name) -> Result<Vec<IpAddr>, ServerFailure> {
    let resolver = resolver(settings, server)?;
    let mut v4 = std::pin::pin!(one_family(&resolver, name, RecordType::A, settings));
    if settings.no_ipv6 {
        return v4.await.map(Option::unwrap_or_default);
    }
    let mut v6 = std::pin::pin!(one_family(&resolver, name, RecordType::AAAA, settings));
    let (first, first_is_v4) = tokio::select! {
        answer = &mut v4 => (answer, true),
        answer = &mut v6 => (answer, false),
    };
    let patience = if matches!(&first, Ok(Some(found)) if !found.is_empty()) { OTHER_FAMILY } else { Duration::MAX };
    let second = tokio::select! {
        answer = v4, if !first_is_v4 => Some(answer),
        answer = v6, if first_is_v4 => Some(answer),
        () = sleep(patience) => None,
    };
    both(first_is_v4, first, second)
}

/// The addresses of both families, IPv6 first. A server that knows one family has answered, whatever it says about the other:
/// some say about names without IPv6 that they do not exist.
fn both(first_is_v4: bool, first: Answer, second: Option<Answer>) -> Result<Vec<IpAddr>, ServerFailure> {
    let mut answers = [Some(first), second];
    if first_is_v4 {
        answers.reverse();
    }
    let (mut addresses, mut failure, mut exists) = (Vec::new(), None, true);
    for answer in answers.into_iter().flatten() {
        match answer {
            Ok(Some(found)) => addresses.extend(found),
            Ok(None) => exists = false,
            Err(why) => failure = Some(why),
        }
    }
    match failure {
        Some(failure) if addresses.is_empty() && exists => Err(failure),
        _ => Ok(addresses),
    }
}

/// The addresses of one family: none where the name has none, `None` where there is no such name.
async fn one_family(resolver: &Resolver<ConnectedUdp>, name: &Name, kind: RecordType, settings: &Settings) -> Answer {
    match resolver.lookup(name.clone(), kind).await {
        Ok(lookup) => {
            let address = |data: &RData| match data {
                RData::A(address) => Some(IpAddr::V4(address.0)),
                RData::AAAA(address) => Some(IpAddr::V6(address.0)),
                _ => None,
            };
            Ok(Some(lookup.answers().iter().filter_map(|record| address(&record.data)).collect()))
        }
        Err(NetError::Dns(DnsError::NoRecordsFound(nothing))) => match nothing.response_code {
            ResponseCode::NXDomain => Ok(None),
            _ => Ok(Some(Vec::new())),
        },
        Err(NetError::Dns(DnsError::ResponseCode(code))) => Err(ServerFailure::Code(mnemonic(code))),
        Err(NetError::Io(error)) => Err(ServerFailure::Unreachable(Some(copy(&error)))),
        // The reason is lost where each attempt failed at once.
        Err(NetError::NoConnections) => Err(ServerFailure::Unreachable(None)),
        Err(NetError::Timeout) => {
            Err(ServerFailure::Silent(settings.timeout * u32::try_from(settings.attempts).unwrap_or(1)))
        }
        Err(_) => Err(ServerFailure::Malformed),
    }
}

fn resolver(settings: &Settings, server: IpAddr) -> Result<Resolver<ConnectedUdp>, ServerFailure> {
    let mut options = ResolverOpts::default();
    options.use_hosts_file = ResolveHosts::Never;
    options.timeout = settings.timeout;
    // It counts how often it asks again.
    options.attempts = settings.attempts - 1;
    options.edns0 = settings.edns0;
    options.cache_size = 0;
    let server = if settings.tcp { NameServerConfig::tcp(server) } else { NameServerConfig::udp_and_tcp(server) };
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let builder = Resolver::builder_with_config(config, ConnectedUdp::default()).with_options(options);
    builder.build().map_err(|_| ServerFailure::Malformed)
}

/// The code as DNS tools show it.
fn mnemonic(code: ResponseCode) -> String {
    match code {
        ResponseCode::ServFail => "SERVFAIL".into(),
        ResponseCode::Refused => "REFUSED".into(),
        ResponseCode::FormErr => "FORMERR".into(),
        ResponseCode::NotImp => "NOTIMP".into(),
        other => other.to_str().to_owned(),
    }
}

fn copy(error: &Arc<std::io::Error>) -> std::io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), std::io::Error::from_raw_os_error)
}

/// Whether a process may open so many more files. For what ends with a panic in the middle of it.
///
/// # Errors
///
/// Why it may not.
fn room_for_files(count: usize) -> io::Result<()> {
    match (0..count).map(|_| File::open(NULL_DEVICE)).collect::<io::Result<Vec<_>>>() {
        Err(error) if limits::is_of_files(&error) => Err(error),
        _ => Ok(()),
    }
}
