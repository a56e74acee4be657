//! A client of the emulator over plain HTTP. It signs requests by itself, so that tests can also send wrong signatures.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;

use acs_identity_protocol::AccessKey;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

/// A response.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// The document, or the text if it is not JSON, or null if there is none.
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// What a client sends its requests over.
pub trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

/// A client that signs its requests. Tests can make it change a request after signing.
pub struct Client {
    stream: BufReader<Box<dyn Stream>>,
    pub host: String,
    pub key: AccessKey,
    pub seconds_ahead: i64,
    pub sent_path: Option<String>,
    pub sent_body: Option<String>,
    pub extra: Vec<(String, String)>,
}

impl Client {
    pub fn new(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self::over(stream, &format!("localhost:{port}"))
    }

    /// Makes a client of that host over an open connection.
    pub fn over(stream: impl Stream + 'static, host: &str) -> Self {
        Self {
            stream: BufReader::new(Box::new(stream)),
            host: host.to_owned(),
            key: AccessKey::development(),
            seconds_ahead: 0,
            sent_path: None,
            sent_body: None,
            extra: Vec::new(),
        }
    }

    /// Sends a signed request. The api-version is added if the path has no query.
    pub fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.try_send(method, path, body).unwrap()
    }

    pub fn try_send(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<Answer> {
        let target = if path.contains('?') { path.to_owned() } else { format!("{path}?api-version=2023-10-01") };
        let date = OffsetDateTime::now_utc() + Duration::seconds(self.seconds_ahead);
        let signed = self.key.sign_request(method, &target, &self.host, body.as_bytes(), date);
        let mut headers = signed.map(|(name, value)| (name.to_owned(), value)).to_vec();
        headers.extend(self.extra.clone());
        let target = self.sent_path.clone().unwrap_or(target);
        let body = self.sent_body.clone().unwrap_or_else(|| body.to_owned());
        self.raw(method, &target, &headers, &body)
    }

    /// Sends a request without changing it.
    pub fn raw(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> std::io::Result<Answer> {
        let mut text =
            format!("{method} {target} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n", self.host, body.len());
        let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !body.is_empty() && !has_type {
            text.push_str("content-type: application/json\r\n");
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        text.push_str(body);
        self.stream.get_mut().write_all(text.as_bytes())?;
        self.read()
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    fn read(&mut self) -> std::io::Result<Answer> {
        let status = self.line()?.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: Value::Null };
        let mut body = Vec::new();
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = usize::from_str_radix(&self.line()?, 16).unwrap();
                let mut chunk = vec![0; size];
                self.stream.read_exact(&mut chunk)?;
                self.line()?;
                if size == 0 {
                    break;
                }
                body.extend(chunk);
            }
        } else if let Some(length) = answer.header("content-length") {
            body = vec![0; length.parse().unwrap()];
            self.stream.read_exact(&mut body)?;
        }
        answer.body = match serde_json::from_slice(&body) {
            Ok(body) => body,
            Err(_) if body.is_empty() => Value::Null,
            Err(_) => String::from_utf8_lossy(&body).into(),
        };
        Ok(answer)
    }

    /// Creates a user, and returns its id.
    pub fn create(&mut self) -> String {
        let answer = self.send("POST", "/identities", "");
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.body["identity"]["id"].as_str().unwrap().to_owned()
    }

    /// Issues a token.
    pub fn issue(&mut self, user: &str) -> Answer {
        self.send("POST", &format!("/identities/{user}/:issueAccessToken"), r#"{"scopes":["chat"]}"#)
    }

    pub fn is_active(&mut self, token: &str) -> bool {
        let answer = self.send("POST", "/introspect?", &format!("token={token}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["active"].as_bool().unwrap()
    }
}
