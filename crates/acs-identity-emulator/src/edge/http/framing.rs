//! Finds requests that have both a Content-Length and a Transfer-Encoding. hyper uses the latter and removes the
//! former, so this module searches the bytes that hyper reads for both.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connection::Connection;
use super::refused_certificate::reason_before_requests;

/// The longest line that is examined, in bytes. hyper refuses heads that are much longer.
const MAX_LINE: usize = 8 * 1024;

/// A stream that examines its requests while they are read.
pub(crate) struct Watched<S> {
    stream: S,
    scanner: Scanner,
    connection: Arc<Connection>,
    /// Whether anything was read.
    has_read: bool,
}

impl<S> Watched<S> {
    pub(crate) fn new(stream: S, connection: Arc<Connection>) -> Self {
        Self { stream, scanner: Scanner::default(), connection, has_read: false }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.has_read |= buffer.filled().len() > before;
        if self.scanner.sees(buffer.filled().get(before..).unwrap_or_default()) {
            self.connection.mark_ambiguous();
        }
        // hyper drops an error before the first request.
        if let Poll::Ready(Err(error)) = &polled
            && self.connection.tls
            && !self.has_read
            && let Some(reason) = reason_before_requests(error)
        {
            self.connection.refuse_certificate(reason);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// The position in the requests.
#[derive(Default)]
struct Scanner {
    /// The beginning of a line of a head whose end has not been read yet.
    line: Vec<u8>,
    /// The Content-Length of the head so far.
    length: Option<u64>,
    in_chunks: bool,
    is_repeated: bool,
    /// Bytes of the body that are still to come.
    body: u64,
    /// Whether to stop examining, because this request is the last one of its connection.
    ended: bool,
}

impl Scanner {
    /// Examines more bytes. Returns whether a request has both headers.
    fn sees(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() && !self.ended {
            if self.body > 0 {
                let skipped = usize::try_from(self.body).map_or(bytes.len(), |body| body.min(bytes.len()));
                self.body -= skipped as u64;
                bytes = &bytes[skipped..];
                continue;
            }
            let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
                let room = MAX_LINE.saturating_sub(self.line.len());
                self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
                return false;
            };
            let (rest, after) = bytes.split_at(end + 1);
            bytes = after;
            if self.line.is_empty() {
                self.takes(rest);
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(rest);
                self.takes(&line);
            }
            if self.in_chunks && (self.length.is_some() || self.is_repeated) {
                self.ended = true;
                return true;
            }
        }
        false
    }

    fn takes(&mut self, line: &[u8]) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            // This is the end of a head, or an empty line before a head.
            self.ended = self.in_chunks;
            self.body = self.length.take().unwrap_or(0);
            return;
        }
        let has = |name: &[u8]| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if has(b"transfer-encoding:") {
            // hyper decodes repeated chunks once, and other readers twice.
            let codings = String::from_utf8_lossy(&line["transfer-encoding:".len()..]).to_ascii_lowercase();
            let chunks = codings.split(',').filter(|coding| coding.trim() == "chunked").count();
            self.is_repeated |= chunks > 1 || (self.in_chunks && chunks > 0);
            self.in_chunks = true;
        } else if has(b"content-length:") {
            let text = std::str::from_utf8(&line["content-length:".len()..]).unwrap_or_default();
            // hyper refuses a value that is not a number.
            self.length = Some(text.trim().parse().unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: &str = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nContent-L";
    const BOTH: [&str; 2] = [
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\ntransfer-encoding: chunked\nHost: h\ncontent-length:3\n\n",
    ];

    /// Returns whether a request with both headers is found, both in the whole text and byte by byte.
    fn is_seen(text: &str) -> bool {
        let whole = Scanner::default().sees(text.as_bytes());
        let mut one_by_one = Scanner::default();
        let each = text.as_bytes().iter().any(|byte| one_by_one.sees(&[*byte]));
        assert_eq!(whole, each, "{text}");
        whole
    }

    #[test]
    fn repeated_chunked_codings_are_found() {
        for (codings, seen) in [
            ("Transfer-Encoding: chunked, chunked", true),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: Chunked", true),
            ("Transfer-Encoding: gzip, chunked", false),
            ("Transfer-Encoding: chunked", false),
        ] {
            assert_eq!(is_seen(&format!("POST / HTTP/1.1\r\n{codings}\r\n\r\n")), seen, "{codings}");
        }
    }

    #[test]
    fn a_request_with_both_headers_is_found_in_any_order_and_after_other_requests() {
        for both in BOTH {
            assert!(is_seen(both));
            assert!(is_seen(&format!("{LENGTH}{LENGTH}{both}")));
            assert!(is_seen(&format!("GET / HTTP/1.1\r\nHost: h\r\n\r\n\r\n{both}")));
        }
    }

    #[test]
    fn a_line_of_a_body_is_not_a_header() {
        let body = "Transfer-Encoding: chunked\r\n\r\n";
        let request = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert!(!is_seen(&request) && !is_seen(&format!("{request}{request}{LENGTH}")));
        assert!(!is_seen("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nContent-Length: 1\r\n0\r\n\r\n"));
    }
}
