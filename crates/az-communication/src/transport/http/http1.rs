//! HTTP/1.1 by hyper, driven on this thread without a runtime.

use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use azure_core::Bytes;
use futures::FutureExt as _;
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::{Method, Request, Response};

use crate::transport::http::answer::{Answer, Broken, Failed, Sink, reason};
use crate::transport::http::channel::Channel;
use crate::transport::http::connect::TIMEOUT;
use crate::transport::http::head;
use crate::transport::http::reached::Reached;
use crate::transport::http::wire::Wire;

/// The maximum size of a body in bytes. Responses of the service are far smaller.
pub(crate) const MAX_BODY: usize = 64 * 1024 * 1024;

/// The usual size limit of a head in bytes. The response with a token fits, with its head. A larger buffer needs new
/// memory pages, which cost more than a second attempt with [`Limits::Large`] in rare cases.
const USUAL_HEAD: usize = 4 * 1024;
const USUAL_HEADERS: usize = 32;

/// The maximum number of headers. Python's http.client accepts 100 and curl 5,000. The size of the head is limited by
/// hyper, to 400 KB.
const MOST_HEADERS: usize = 1024;

/// A header that the service copies into its response.
const REQUEST_ID: &str = "x-ms-client-request-id";

/// The time to wait for the end of a connection.
const SHORTLY: Duration = Duration::from_millis(50);

type Sender = SendRequest<Full<Bytes>>;
type Driver = Connection<Wire, Full<Bytes>>;

/// Whether a future wants to be polled again.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The size limits of a head.
#[derive(Clone, Copy)]
enum Limits {
    Usual,
    Large,
}

/// A connection that sends one request after another.
pub(crate) struct Http1 {
    wire: Wire,
    sender: Sender,
    /// `None` if the connection has ended.
    driver: Option<Driver>,
    /// Whether the last response contained the id of its request.
    echoes: bool,
}

fn start(wire: &Wire, limits: Limits) -> io::Result<(Sender, Option<Driver>)> {
    let mut builder = Builder::new();
    builder
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .writev(false);
    match limits {
        Limits::Usual => builder.max_headers(USUAL_HEADERS).read_buf_exact_size(Some(USUAL_HEAD)),
        Limits::Large => builder.max_headers(MOST_HEADERS),
    };
    // The handshake only creates the two parts. It sends nothing.
    match builder.handshake(wire.clone()).now_or_never() {
        Some(Ok((sender, driver))) => Ok((sender, Some(driver))),
        Some(Err(error)) => Err(io::Error::other(error)),
        None => Err(ErrorKind::WouldBlock.into()),
    }
}

impl Http1 {
    /// Creates an HTTP connection over a channel on which nothing was sent.
    pub(crate) fn new(channel: Channel, deadline: Instant) -> io::Result<Self> {
        let wire = Wire::new(channel, deadline);
        let (sender, driver) = start(&wire, Limits::Usual)?;
        Ok(Self { wire, sender, driver, echoes: false })
    }

    /// Checks whether the connection can send another request: the server has not closed it, and no unexpected data has
    /// arrived.
    pub(crate) fn is_ready(&mut self) -> bool {
        self.wire.look_again();
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        let mut context = Context::from_waker(&waker);
        while flag.0.swap(false, Ordering::Relaxed) {
            self.turn(&mut context);
            if let Poll::Ready(ready) = self.sender.poll_ready(&mut context) {
                return ready.is_ok() && self.driver.is_some();
            }
        }
        false
    }

    /// Sends a request and reads the complete response. If there is a sink, it gets the body of a successful one.
    pub(crate) fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
        deadline: Instant,
        sink: Option<&mut Sink<'_>>,
    ) -> Result<Answer, Failed> {
        let id = request.headers().get(REQUEST_ID).cloned();
        self.wire.begin(deadline);
        let response = self.respond_or_repair(request).map_err(|why| self.failed(why))?;
        let answer = self.read(response, sink).map_err(|why| self.failed(why))?;
        let mut echoes = answer.headers.get_all(REQUEST_ID).iter().peekable();
        self.echoes = id.is_some() && echoes.peek().is_some();
        match echoes.any(|echo| id.as_ref().is_some_and(|id| id != echo)) {
            true => Err(self.failed(Broken::Malformed("it belongs to another request".into()))),
            false => Ok(answer),
        }
    }

    /// Checks whether the connection may send another request. A server can send a response twice, and the copy then
    /// arrives after the next request. Only the request id in the response shows the difference, and the service always
    /// sends it.
    pub(crate) fn is_reusable(&self) -> bool {
        self.echoes
    }

    /// Checks whether the server closes the connection now or soon.
    pub(crate) fn ends_soon(&mut self) -> bool {
        self.wire.state().set_deadline(Instant::now() + SHORTLY);
        while self.is_ready() && self.wire.wait().is_ok() {}
        self.driver.is_none()
    }

    fn failed(&mut self, why: Broken) -> Failed {
        self.driver = None;
        let state = self.wire.state();
        let reached = if matches!(why, Broken::NotStarted) { Reached::No } else { state.reached() };
        Failed { why, reached, in_handshake: state.is_handshaking() }
    }

    /// Lets hyper read and write as much as possible.
    fn turn(&mut self, context: &mut Context<'_>) {
        // The code that waits for the response receives the error.
        if self.driver.as_mut().is_some_and(|driver| Pin::new(driver).poll(context).is_ready()) {
            self.driver = None;
        }
    }

    /// Runs hyper until a step is done.
    fn drive<T>(&mut self, mut step: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Result<T, Broken> {
        let flag = Arc::new(Flag(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&flag));
        let mut context = Context::from_waker(&waker);
        loop {
            self.turn(&mut context);
            if let Poll::Ready(value) = step(&mut context) {
                return Ok(value);
            }
            if flag.0.swap(false, Ordering::Relaxed) {
                continue;
            }
            if self.driver.is_none() {
                return Err(Broken::Ended);
            }
            self.wire.wait().map_err(Broken::Io)?;
        }
    }

    /// Sends a request and reads the head of the response.
    fn respond(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Broken> {
        let mut response = pin!(self.sender.try_send_request(request));
        let response = self.drive(|context| response.as_mut().poll(context))?;
        response.map_err(|error| match error.message() {
            Some(_) => Broken::NotStarted,
            None => self.cause(&error.into_error()),
        })
    }

    fn cause(&self, error: &hyper::Error) -> Broken {
        let mut state = self.wire.state();
        if let Some(error) = state.take_failure() {
            return Broken::Io(error);
        }
        if error.is_parse() {
            return Broken::Malformed(head::describe_fault(state.received()));
        }
        if state.has_ended() {
            return Broken::Ended;
        }
        match error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
            Some(error) if error.kind() != ErrorKind::UnexpectedEof => Broken::Malformed(error.to_string()),
            _ => Broken::Ended,
        }
    }

    /// Does the same, but corrects a head that hyper does not accept at first.
    fn respond_or_repair(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Broken> {
        let method = request.method().clone();
        let mut response = self.respond(request);
        // Up to three corrections can be necessary: of the first line, of the size limits, and of another line.
        for _ in 0..3 {
            let Err(Broken::Malformed(_)) = response else { break };
            let Some(repaired) = head::repaired(self.wire.state().received()) else { break };
            response = self.replay(repaired, method.clone());
        }
        response
    }

    /// Reads the head of a response from these bytes and the bytes that follow on the wire.
    fn replay(&mut self, bytes: Vec<u8>, method: Method) -> Result<Response<Incoming>, Broken> {
        (self.sender, self.driver) = start(&self.wire, Limits::Large).map_err(Broken::Io)?;
        self.wire.replay(bytes);
        // The request was sent before. This copy is not sent. hyper needs it, because it reads no response without a
        // request.
        let mut request = Request::new(Full::default());
        *request.method_mut() = method;
        let response = self.respond(request);
        self.wire.end_of_replay();
        response
    }

    /// Reads the body of a response.
    fn read(&mut self, response: Response<Incoming>, sink: Option<&mut Sink<'_>>) -> Result<Answer, Broken> {
        let reason = reason(&response);
        let (parts, mut incoming) = response.into_parts();
        let coding = parts.headers.get_all(TRANSFER_ENCODING).iter().next_back().map(|value| value.as_bytes());
        let last_coding = coding.and_then(|value| value.rsplit(|byte| *byte == b',').next()).map(<[u8]>::trim_ascii);
        self.wire.head_is_read(last_coding.is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked")));
        let length = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        // hyper would read to the end of the connection.
        let enough = length.filter(|_| coding.is_some_and(|coding| coding.eq_ignore_ascii_case(b"identity")));
        let mut body = Vec::with_capacity(length.unwrap_or(0).min(USUAL_HEAD));
        if let Some(sink) = sink.filter(|_| parts.status.is_success()) {
            self.pour(&mut incoming, sink)?;
            return Ok(Answer { status: parts.status.as_u16(), reason, headers: parts.headers, body });
        }
        while enough.is_none_or(|enough| body.len() < enough) {
            let frame = match self.drive(|context| Pin::new(&mut incoming).poll_frame(context))? {
                None => break,
                Some(frame) => frame.map_err(|error| self.cause(&error))?,
            };
            let Ok(data) = frame.into_data() else { continue };
            if data.len() > MAX_BODY - body.len() {
                return Err(Broken::Malformed("its body is larger than 64 MiB".into()));
            }
            body.extend_from_slice(&data);
        }
        if let Some(enough) = enough {
            body.truncate(enough);
            self.driver = None;
        }
        Ok(Answer { status: parts.status.as_u16(), reason, headers: parts.headers, body })
    }

    /// Passes a body of any length on. The time limit applies to each piece.
    fn pour(&mut self, incoming: &mut Incoming, sink: &mut Sink<'_>) -> Result<(), Broken> {
        while let Some(frame) = self.drive(|context| Pin::new(&mut *incoming).poll_frame(context))? {
            let Ok(data) = frame.map_err(|error| self.cause(&error))?.into_data() else { continue };
            if sink(&data).is_break() {
                return Err(Broken::Ended);
            }
            self.wire.state().set_deadline(Instant::now() + TIMEOUT);
        }
        Ok(())
    }
}
