//! HTTP/1.1, as much of it as a client of this service needs.

use std::io::{self, BufRead, Read};

/// No answer of the service comes near this; more is refused.
const MAX_BODY: u64 = 64 * 1024 * 1024;

/// The largest head that is read.
const MAX_HEAD: usize = 256 * 1024;

const MAX_HEADERS: usize = 256;

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) reason: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// Whether the connection can take another request.
    pub(super) reusable: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum ReadError {
    /// The connection ended before the first byte.
    Closed,
    /// It failed, or ended in the middle.
    Io(io::Error),
    /// What came is not HTTP.
    Protocol(&'static str),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes the head of a request.
pub(super) fn request_head<'a>(
    method: &str,
    target: &str,
    host: &str,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    content_length: Option<usize>,
) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\n");
    for (name, value) in headers {
        // Whatever the body is, its length is stated once, below; a line break in a value would be another header.
        if name.eq_ignore_ascii_case("content-length") || value.contains(['\r', '\n']) {
            continue;
        }
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(length) = content_length {
        head.push_str(&format!("content-length: {length}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// Reads the answer to a request; interim answers (1xx) are skipped.
pub(super) fn read_answer(stream: &mut impl BufRead) -> Result<Answer, ReadError> {
    loop {
        let head = read_head(stream)?;
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Response::new(&mut headers);
        match parsed.parse(&head) {
            Ok(httparse::Status::Complete(_)) => {}
            _ => return Err(ReadError::Protocol("its head is not that of an HTTP answer")),
        }
        let status = parsed.code.unwrap_or_default();
        let reason = parsed.reason.unwrap_or_default().to_owned();
        let http10 = parsed.version == Some(0);
        let headers: Vec<(String, String)> = parsed
            .headers
            .iter()
            .map(|header| (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned()))
            .collect();
        if (100..200).contains(&status) {
            continue;
        }
        let value = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let says = |name: &str, word: &str| value(name).is_some_and(|v| v.to_ascii_lowercase().contains(word));
        let mut reusable = !says("connection", "close") && (!http10 || says("connection", "keep-alive"));
        let body = if status == 204 || status == 304 {
            Vec::new()
        } else if says("transfer-encoding", "chunked") {
            read_chunks(stream)?
        } else if let Some(length) = value("content-length") {
            let length: u64 =
                length.trim().parse().map_err(|_| ReadError::Protocol("its content-length is not a number"))?;
            if length > MAX_BODY {
                return Err(ReadError::Protocol("its body is larger than 64 MiB"));
            }
            let mut body = Vec::new();
            stream.take(length).read_to_end(&mut body)?;
            if (body.len() as u64) < length {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            body
        } else {
            reusable = false;
            read_to_end(stream)?
        };
        return Ok(Answer { status, reason, headers, body, reusable });
    }
}

fn read_head(stream: &mut impl BufRead) -> Result<Vec<u8>, ReadError> {
    let mut head = Vec::new();
    loop {
        let before = head.len();
        stream.by_ref().take((MAX_HEAD - before) as u64).read_until(b'\n', &mut head)?;
        if head.is_empty() {
            return Err(ReadError::Closed);
        }
        if head.len() == before || head.len() >= MAX_HEAD {
            return Err(ReadError::Protocol("its head does not end"));
        }
        if head.ends_with(b"\r\n\r\n") || head.ends_with(b"\n\n") {
            return Ok(head);
        }
        if !head.starts_with(&b"HTTP/"[..head.len().min(5)]) {
            return Err(ReadError::Protocol("it does not start with HTTP/"));
        }
    }
}

fn read_chunks(stream: &mut impl BufRead) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size =
            u64::from_str_radix(size, 16).map_err(|_| ReadError::Protocol("the size of a chunk is not a number"))?;
        if size == 0 {
            while !read_line(stream)?.is_empty() {}
            return Ok(body);
        }
        if size > MAX_BODY - body.len() as u64 {
            return Err(ReadError::Protocol("its body is larger than 64 MiB"));
        }
        let wanted = body.len() as u64 + size;
        stream.by_ref().take(size).read_to_end(&mut body)?;
        if (body.len() as u64) < wanted {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        read_line(stream)?;
    }
}

fn read_line(stream: &mut impl BufRead) -> Result<String, ReadError> {
    let mut line = Vec::new();
    stream.by_ref().take(8192).read_until(b'\n', &mut line)?;
    if !line.ends_with(b"\n") {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn read_to_end(stream: &mut impl BufRead) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    match stream.take(MAX_BODY + 1).read_to_end(&mut body) {
        // A server that ends the connection without TLS's good-bye has still sent what it had.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    if body.len() as u64 > MAX_BODY {
        return Err(ReadError::Protocol("its body is larger than 64 MiB"));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(u16, String, bool), String> {
        read_answer(&mut text.as_bytes())
            .map(|answer| (answer.status, String::from_utf8_lossy(&answer.body).into_owned(), answer.reusable))
            .map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn answers() {
        assert_eq!(read("HTTP/1.1 204 No Content\r\n\r\n"), Ok((204, String::new(), true)));
        assert_eq!(read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhixx"), {
            Ok((200, "hi".into(), true))
        });
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n"),
            Ok((200, "hi!".into(), true))
        );
        assert_eq!(read("HTTP/1.0 200 OK\r\n\r\nall"), Ok((200, "all".into(), false)));
    }

    #[test]
    fn errors() {
        assert!(read("").is_err_and(|error| error == "Closed"));
        assert!(read("SSH-2.0\r\n").is_err_and(|error| error.contains("HTTP/")));
        assert!(read("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi").is_err_and(|e| e.contains("UnexpectedEof")));
        assert!(read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n").is_err());
        assert!(read("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n").is_err_and(|e| e.contains("64 MiB")));
    }
}
