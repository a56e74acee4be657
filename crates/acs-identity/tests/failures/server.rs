//! Servers for one kind of failure each. They listen on a port that the system chooses.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const PIECE: usize = 64 * 1024;

/// What a server does after it has read a request.
#[derive(Clone, Copy)]
pub enum Then {
    /// It closes the connection without an answer.
    Close,
    /// It sends this, and keeps the connection open.
    Stall(&'static str),
    /// It sends this, then closes the connection.
    Answer(&'static str),
    /// It sends this, then piece after piece.
    Endless(&'static str),
    /// It sends this, then a byte now and then, for ever.
    Drip(&'static str),
}

/// A server that counts the requests.
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server that does the first of these with the first request, and so on. The last is for all further
    /// ones.
    pub fn start(actions: &'static [Then]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = requests.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let counter = counter.clone();
                thread::spawn(move || serve(stream.unwrap(), actions, &counter));
            }
        });
        Self { address, requests }
    }

    /// Returns how many requests have come.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Returns an address where no server listens.
pub fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn serve(mut stream: TcpStream, actions: &[Then], counter: &AtomicUsize) {
    if !read_request(&mut stream) {
        return;
    }
    let number = counter.fetch_add(1, Ordering::SeqCst);
    let action = actions.get(number).or(actions.last()).unwrap();
    // An error means that the client has closed the connection.
    let _ = match *action {
        Then::Close => Ok(()),
        Then::Stall(text) => stream.write_all(text.as_bytes()).and_then(|()| stream.read(&mut [0]).map(drop)),
        Then::Answer(text) => stream.write_all(text.as_bytes()),
        Then::Endless(head) => stream.write_all(head.as_bytes()).and_then(|()| {
            let piece = format!("{PIECE:x}\r\n{}\r\n", "a".repeat(PIECE));
            loop {
                stream.write_all(piece.as_bytes())?;
            }
        }),
        Then::Drip(head) => stream.write_all(head.as_bytes()).and_then(|()| {
            stream.set_read_timeout(Some(Duration::from_millis(10)))?;
            // The read takes its time, because the client sends nothing more. It ends with 0 when the client closes.
            while !matches!(stream.read(&mut [0]), Ok(0)) {
                stream.write_all(b"a")?;
            }
            Ok(())
        }),
    };
}

/// Reads the head and the body of a request. Returns `false` if the connection ends before.
fn read_request(stream: &mut TcpStream) -> bool {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if !matches!(stream.read(&mut byte), Ok(1)) {
            return false;
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).map_or("0", |rest| rest.split("\r\n").next().unwrap());
    stream.read_exact(&mut vec![0; length.parse().unwrap()]).is_ok()
}
