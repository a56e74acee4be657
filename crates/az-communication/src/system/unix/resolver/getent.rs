//! Name lookup by `getent`, which uses the modules of this machine's C library.

use std::io::Read as _;
use std::net::IpAddr;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The time limit. `getent` may itself ask silent servers.
const LIMIT: Duration = Duration::from_secs(10);

/// Returns the addresses that `getent` finds. Returns `None` if it finds none, is missing, or takes too long.
pub(super) fn addresses(name: &str, deadline: Instant) -> Option<Vec<IpAddr>> {
    if name.starts_with('-') {
        return None;
    }
    let mut command = Command::new("getent");
    command.args(["ahosts", name]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut output = Vec::new();
        let _ = stdout.read_to_end(&mut output);
        let _ = sender.send(output);
    });
    let output = receiver.recv_timeout(LIMIT.min(deadline.saturating_duration_since(Instant::now()))).ok();
    if output.is_none() {
        let _ = child.kill();
    }
    let status = child.wait().ok()?;
    if output.is_some() {
        let _ = reader.join();
    }
    let found = parse(&String::from_utf8_lossy(&output.filter(|_| status.success())?));
    (!found.is_empty()).then_some(found)
}

/// Parses the output, which has one line for each address and kind of socket.
fn parse(output: &str) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for line in output.lines() {
        if let Some(address) = line.split_whitespace().next().and_then(|word| word.parse().ok())
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_is_returned_once() {
        let output = "192.0.2.1       STREAM host\n192.0.2.1       DGRAM  \n192.0.2.1       RAW    \n\
            2001:db8::1     STREAM host\nrubbish\n\n";
        assert_eq!(parse(output), ["192.0.2.1".parse::<IpAddr>().unwrap(), "2001:db8::1".parse().unwrap()]);
    }
}
