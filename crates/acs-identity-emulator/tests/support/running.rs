//! An emulator in this process.

use std::net::Ipv4Addr;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use acs_identity_emulator::{Config, Emulator};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::client::Client;

/// An emulator that serves on a port of its own until it is dropped.
pub struct Running {
    pub port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub fn in_memory() -> Self {
        Self::start(Config::in_memory())
    }

    pub fn start(config: Config) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (started, port) = mpsc::channel();
        let thread = thread::spawn(move || {
            Runtime::new().unwrap().block_on(async {
                let emulator = Emulator::open(config).unwrap();
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                started.send(listener.local_addr().unwrap().port()).unwrap();
                let stopped = async {
                    let _ = stopped.await;
                };
                acs_identity_emulator::run(vec![listener], emulator, stopped).await;
            });
        });
        Self { port: port.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }

    /// A client with the well-known access key.
    pub fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Stops it, and waits for that.
    pub fn stop(self) {}
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
