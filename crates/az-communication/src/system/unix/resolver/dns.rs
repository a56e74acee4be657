//! Name lookup at name servers.
//!
//! hickory-resolver asks one server about one name. This module decides which names and servers are asked in which
//! order, and which answer counts. Asking several servers at once would take the fastest answer. That answer can be
//! wrong, because often only the first server knows the names of a private network.

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
use crate::system::limits;
use crate::system::name_error::{NameError, ServerFailure};
use crate::system::unix::errors::NULL_DEVICE;

/// If a server is silent for this time, the next server is asked, too.
const NEXT_SERVER: Duration = Duration::from_secs(1);
/// The time that addresses of one family wait for addresses of the other family.
const OTHER_FAMILY: Duration = Duration::from_secs(1);

/// The number of files that the runtime and the two sockets for a server need. The runtime panics if it cannot open
/// them.
const FILES: usize = 8;

/// Returns the addresses that the name servers give for a name.
pub(super) fn addresses(host: &str, name: &str, deadline: Instant) -> Result<Vec<IpAddr>, NameError> {
    // A runtime cannot be started on a thread that already runs one.
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

/// The result of a lookup.
enum Outcome {
    Found(Vec<IpAddr>),
    /// The name does not exist, or it has no address.
    Nothing,
    /// No server answered.
    Failed(Vec<(IpAddr, ServerFailure)>),
}

/// Tries each full name that a name can stand for.
async fn search(settings: &Settings, name: &str) -> Outcome {
    let mut failed = None;
    for candidate in settings.candidates(name) {
        // DNS has no entries for names that are not valid in DNS.
        let Ok(candidate) = Name::from_ascii(&candidate) else { continue };
        match ask_servers(settings, &candidate).await {
            Outcome::Nothing => {}
            Outcome::Failed(servers) => {
                let silent = servers.iter().all(|(_, failure)| !matches!(failure, ServerFailure::Code(_)));
                failed.get_or_insert(servers);
                // The servers would be silent about the other names, too.
                if silent {
                    break;
                }
            }
            found @ Outcome::Found(_) => return found,
        }
    }
    failed.map_or(Outcome::Nothing, Outcome::Failed)
}

/// Asks the servers in their order. The next server is asked when a server fails or is silent.
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

/// The answer of one server for one family. `None` means that the name does not exist.
type Answer = Result<Option<Vec<IpAddr>>, ServerFailure>;

/// Asks one server for both families. An empty list is a valid answer.
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

/// Joins the addresses of both families, IPv6 first. A server that knows one family has answered, whatever it says
/// about the other family. Some servers say that a name without IPv6 addresses does not exist.
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

/// Returns the addresses of one family. The list is empty if the name has no addresses, and `None` means that the name
/// does not exist.
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
        // hickory drops the reason if each attempt failed immediately.
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
    // hickory counts only the repetitions.
    options.attempts = settings.attempts - 1;
    options.edns0 = settings.edns0;
    options.cache_size = 0;
    let server = if settings.tcp { NameServerConfig::tcp(server) } else { NameServerConfig::udp_and_tcp(server) };
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let builder = Resolver::builder_with_config(config, ConnectedUdp::default()).with_options(options);
    builder.build().map_err(|_| ServerFailure::Malformed)
}

/// Returns the code as DNS tools show it.
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

/// Checks whether the process can open this number of additional files. Used before code that panics if it cannot open
/// a file.
///
/// # Errors
///
/// When the limit on open files is reached.
fn room_for_files(count: usize) -> io::Result<()> {
    match (0..count).map(|_| File::open(NULL_DEVICE)).collect::<io::Result<Vec<_>>>() {
        Err(error) if limits::is_of_files(&error) => Err(error),
        _ => Ok(()),
    }
}
