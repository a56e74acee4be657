//! A load generator: keep-alive connections over plain HTTP on one thread. Each one sends its next request when the
//! last one was answered.

use std::time::{Duration, Instant};

use acs_identity_protocol::AccessKey;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::unistd::Pid;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::stats::{quantile, sorted};

/// The result of a load.
pub struct Load {
    pub per_second: f64,
    pub p50: f64,
    pub p99: f64,
    /// The processor time of the generator itself, in cores.
    pub own_cores: f64,
}

/// How the generator waits for answers.
#[derive(Clone, Copy, PartialEq)]
pub enum Waits {
    /// It sleeps, as programs do, and the emulator's core wakes it up.
    Asleep,
    /// It polls on this core only, so that it uses none of the emulator's time, like another machine.
    Polling { core: usize },
}

/// Returns a request that is signed now and valid for five minutes.
pub fn signed(port: u16, method: &str, target: &str, body: &str) -> Vec<u8> {
    let (key, host) = (AccessKey::development(), format!("localhost:{port}"));
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
    for (name, value) in key.sign_request(method, target, &host, body.as_bytes(), time::OffsetDateTime::now_utc()) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    text.into_bytes()
}

/// Sends a request and returns the body of the response.
pub async fn ask(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> (u16, usize) {
    stream.write_all(request).await.unwrap();
    buffer.clear();
    loop {
        let count = stream.read_buf(buffer).await.unwrap();
        assert!(count > 0, "the connection was closed");
        let Some(end) = buffer.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).unwrap();
        let status = head[9..12].parse().unwrap();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let whole = end + 4 + length.unwrap_or(0);
        while buffer.len() < whole {
            assert!(stream.read_buf(buffer).await.unwrap() > 0);
        }
        return (status, end + 4);
    }
}

/// Sends the requests in turn on this number of connections for this time.
pub fn run(port: u16, connections: usize, seconds: f64, requests: &[Vec<u8>], expected: u16) -> Load {
    run_with(Waits::Asleep, port, connections, seconds, requests, expected)
}

/// Does the same with this way of waiting. It uses its own thread, because the cores that are set for a thread stay
/// set.
pub fn run_with(
    waits: Waits,
    port: u16,
    connections: usize,
    seconds: f64,
    requests: &[Vec<u8>],
    expected: u16,
) -> Load {
    let target = [Target { port, requests: requests.to_vec() }];
    run_over(waits, &target, connections, seconds, expected)
}

/// An emulator, and the requests that it gets in turn.
pub struct Target {
    pub port: u16,
    pub requests: Vec<Vec<u8>>,
}

/// Does the same with connections to several emulators in turn.
pub fn run_over(waits: Waits, targets: &[Target], connections: usize, seconds: f64, expected: u16) -> Load {
    let work = || {
        if let Waits::Polling { core } = waits {
            let mut cores = CpuSet::new();
            cores.set(core).unwrap();
            sched_setaffinity(Pid::from_raw(0), &cores).unwrap();
        }
        generate(waits, targets, connections, seconds, expected)
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

fn generate(waits: Waits, targets: &[Target], connections: usize, seconds: f64, expected: u16) -> Load {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if waits != Waits::Asleep {
            // A task that is always ready keeps the runtime from sleeping.
            tokio::spawn(async {
                loop {
                    tokio::task::yield_now().await;
                }
            });
        }
        let mut streams = Vec::new();
        for target in targets.iter().cycle().take(connections) {
            let stream = TcpStream::connect(("127.0.0.1", target.port)).await.unwrap();
            stream.set_nodelay(true).unwrap();
            streams.push((stream, &target.requests));
        }
        let (started, used) = (Instant::now(), own_seconds());
        let end = started + Duration::from_secs_f64(seconds);
        let tasks = streams.into_iter().enumerate().map(|(index, (mut stream, requests))| async move {
            let (mut times, mut buffer, mut at) = (Vec::new(), Vec::with_capacity(4096), index);
            while Instant::now() < end {
                let sent = Instant::now();
                let (status, _) = ask(&mut stream, &requests[at % requests.len()], &mut buffer).await;
                assert_eq!(status, expected, "{}", String::from_utf8_lossy(&buffer));
                times.push(sent.elapsed().as_secs_f64() * 1e6);
                at += connections;
            }
            times
        });
        let times: Vec<f64> = join_all(tasks).await.into_iter().flatten().collect();
        let elapsed = started.elapsed().as_secs_f64();
        let (per_second, own_cores) = (times.len() as f64 / elapsed, (own_seconds() - used) / elapsed);
        let times = sorted(times);
        Load { per_second, p50: quantile(&times, 0.5), p99: quantile(&times, 0.99), own_cores }
    })
}

/// Returns the processor time of this thread.
fn own_seconds() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_THREAD).unwrap();
    [usage.user_time(), usage.system_time()].iter().map(|t| t.tv_sec() as f64 + t.tv_usec() as f64 / 1e6).sum()
}

async fn join_all<T, F: Future<Output = T>>(futures: impl Iterator<Item = F>) -> Vec<T> {
    let mut pending: Vec<_> = futures.map(|future| (Box::pin(tokio::task::unconstrained(future)), None)).collect();
    std::future::poll_fn(move |context| {
        let mut left = false;
        for (future, output) in &mut pending {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => left = true,
                }
            }
        }
        if left {
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(pending.drain(..).filter_map(|(_, output)| output).collect())
    })
    .await
}
