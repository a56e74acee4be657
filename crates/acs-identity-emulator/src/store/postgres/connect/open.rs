//! Opens connections: tries the hosts one after the other.

use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, SslMode, SslNegotiation};

use super::driver::Driver;
use super::failure::{Problem, Unreachable};
use super::session::Session;
use super::socket::{self, Place};
use super::stream::{NotPostgres, Plain, SetUp, Stream};
use super::tls::Tls;
use crate::clock::machine;
use crate::database::{Attributes, Binding, PostgresAddress, PostgresHost, TlsMode};

/// What is needed to open connections.
pub(super) struct Opener {
    address: PostgresAddress,
    tls: Tls,
}

/// A function that is called when a connection has ended.
pub(super) type Ended = std::sync::Arc<dyn Fn() + Send + Sync>;

impl Opener {
    pub(super) fn new(address: PostgresAddress) -> Result<Self, rustls::Error> {
        let tls = Tls::new(&address)?;
        Ok(Self { address, tls })
    }

    /// Returns the number of hosts.
    pub(super) fn hosts(&self) -> usize {
        self.address.hosts().len()
    }

    /// Opens a connection to the first host that can be used, beginning with a given one.
    pub(super) async fn open(&self, first: usize, ended: &Ended) -> Result<Session, Unreachable> {
        let mut problems = Vec::new();
        let hosts = self.hosts();
        for number in (0..hosts).map(|number| (first + number) % hosts) {
            let host = &self.address.hosts()[number];
            match self.open_host(host, number, ended).await {
                Ok(session) => return Ok(session),
                Err(problem) => problems.push((host.clone(), problem)),
            }
        }
        Err(Unreachable::new(problems))
    }

    async fn open_host(&self, host: &PostgresHost, number: usize, ended: &Ended) -> Result<Session, Problem> {
        let limit = self.address.connect_timeout();
        let silent = || Problem::Silent(limit);
        let places = machine::timeout(limit, socket::places(host, self.address.look_up(), machine::instant() + limit))
            .await
            .ok_or_else(silent)??;
        let mut worst = None;
        for place in places {
            let opened = machine::timeout(limit, self.open_place(host, number, place, ended)).await;
            let problem = match opened.unwrap_or_else(|| Err(silent())) {
                Ok(session) => return Ok(session),
                Err(problem) => problem,
            };
            // An address at which nothing listens says less than one at which something does.
            if !matches!((&worst, &problem), (Some(_), Problem::Refused)) {
                worst = Some(problem);
            }
        }
        Err(worst.unwrap_or(Problem::Closed))
    }

    async fn open_place(
        &self,
        host: &PostgresHost,
        number: usize,
        place: Place,
        ended: &Ended,
    ) -> Result<Session, Problem> {
        let stream = self.stream(host, &place).await;
        let with_tls = matches!(stream, Ok(Stream::Tls(_)));
        let session = match stream {
            Ok(stream) => self.start(stream, host, number, place.clone(), ended).await,
            Err(problem) => Err(problem),
        };
        match (session, &place) {
            // As in libpq, `prefer` tries again without TLS where the server does not want it. A certificate that was
            // checked and refused is not a reason for that.
            (Err(problem), Place::Address(address))
                if self.tls.mode() == TlsMode::Prefer && wants_no_tls(&problem, with_tls) =>
            {
                let stream = Stream::Tcp(Plain::new(self.connect(*address).await?));
                self.start(stream, host, number, place, ended).await
            }
            (session, _) => session,
        }
    }

    async fn connect(&self, address: SocketAddr) -> Result<TcpStream, Problem> {
        let limit = self.address.accept_timeout();
        machine::timeout(limit, socket::connect(address)).await.unwrap_or(Err(Problem::Silent(limit)))
    }

    /// Opens a stream to a place, with TLS where the mode wants it.
    pub(super) async fn stream(&self, host: &PostgresHost, place: &Place) -> Result<Stream, Problem> {
        match place {
            Place::Address(address) => self.tls.set_up(self.connect(*address).await?, host).await,
            // TLS is not used there, as in libpq.
            Place::Local(path) => Ok(Stream::Local(socket::connect_local(path).await?)),
        }
    }

    /// Returns a host by its number.
    pub(super) fn host(&self, number: usize) -> &PostgresHost {
        &self.address.hosts()[number]
    }

    /// Logs in, and checks that the server is one that was asked for.
    async fn start(
        &self,
        stream: Stream,
        host: &PostgresHost,
        number: usize,
        place: Place,
        ended: &Ended,
    ) -> Result<Session, Problem> {
        let connected = self.config(host).connect_raw(stream, SetUp).await;
        let (client, connection) = connected.map_err(|error| self.problem(host, &error))?;
        let ended = ended.clone();
        let driver = Driver::start(connection, move || ended()).await;
        let session = Session::new(client, driver, place, number, self.address.prepares());
        if self.address.attributes() == Attributes::ReadWrite {
            let accepts_writes = session.accepts_writes().await.map_err(|error| self.problem(host, &error))?;
            if !accepts_writes {
                return Err(Problem::ReadOnly);
            }
        }
        Ok(session)
    }

    fn config(&self, host: &PostgresHost) -> Config {
        let mut config = Config::new();
        config
            .user(self.address.user())
            .dbname(self.address.database())
            .application_name(self.address.application())
            // The stream has TLS already.
            .ssl_mode(SslMode::Require)
            .ssl_negotiation(SslNegotiation::Direct)
            .channel_binding(match self.address.binding() {
                Binding::Disable => ChannelBinding::Disable,
                Binding::Prefer => ChannelBinding::Prefer,
                Binding::Require => ChannelBinding::Require,
            });
        if let Some(password) = self.address.password_of(host) {
            config.password(password);
        }
        config
    }

    fn problem(&self, host: &PostgresHost, error: &tokio_postgres::Error) -> Problem {
        if let Some(refused) = error.as_db_error() {
            return Problem::of_server(refused);
        }
        if error.is_closed() {
            return Problem::Closed;
        }
        let of_system = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
        match of_system {
            // Errors of the protocol are errors of this type, too, and come from no system call.
            Some(error) if error.raw_os_error().is_some() => {
                Problem::of_stream(std::io::Error::from_raw_os_error(error.raw_os_error().unwrap_or_default()))
            }
            Some(error) if error.get_ref().is_some_and(|inner| inner.is::<NotPostgres>()) => Problem::NotPostgres,
            Some(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Problem::Closed,
            _ if self.address.password_of(host).is_none() => Problem::NoPassword,
            _ => Problem::Exchange(acs_identity_protocol::visible::inert(&error.to_string()).to_string()),
        }
    }
}

/// Checks whether a server may accept a connection without TLS, after one with TLS has failed.
fn wants_no_tls(problem: &Problem, with_tls: bool) -> bool {
    match problem {
        Problem::Tls(_) => true,
        Problem::Authentication(_) => with_tls,
        _ => false,
    }
}
