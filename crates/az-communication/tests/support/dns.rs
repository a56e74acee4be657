//! A name server that answers as a test says, over UDP and TCP on port 53 of its own loopback address.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The answer to a question about a name.
#[derive(Debug, Clone)]
pub enum Says {
    /// These addresses. There are none of the other family.
    Addresses(Vec<IpAddr>),
    /// An error code: 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.
    Code(u8),
    /// No answer.
    Silence,
    /// These addresses, but only over TCP: the answer over UDP is truncated.
    ByTcp(Vec<IpAddr>),
    /// These addresses for IPv4, and this answer for IPv6.
    V4Then(Vec<IpAddr>, Box<Says>),
    /// Another name with these addresses.
    Alias(&'static str, Vec<IpAddr>),
}

/// Returns the answer with these addresses.
pub fn addresses(list: &[&str]) -> Says {
    Says::Addresses(list.iter().map(|address| address.parse().unwrap()).collect())
}

pub struct NameServer {
    pub address: IpAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    /// Starts a server that gives the answer `otherwise` for all other names. It ends with the process.
    pub fn start(names: &[(&str, Says)], otherwise: Says) -> Self {
        static LAST: AtomicU8 = AtomicU8::new(1);
        let names: HashMap<String, Says> =
            names.iter().map(|(name, says)| ((*name).to_owned(), says.clone())).collect();
        let process = std::process::id().to_be_bytes();
        let (udp, tcp, address) = loop {
            // Each server has its own address, because tests run at the same time.
            let last = LAST.fetch_add(1, Ordering::SeqCst);
            let address = Ipv4Addr::new(127, process[2] | 64, process[3], last);
            let Ok(udp) = UdpSocket::bind((address, 53)) else { continue };
            let Ok(tcp) = TcpListener::bind((address, 53)) else { continue };
            break (udp, tcp, address);
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer = {
            let asked = Arc::clone(&asked);
            Arc::new(move |question: &[u8], by_tcp: bool| answer(question, by_tcp, &names, &otherwise, &asked))
        };
        let by_udp = Arc::clone(&answer);
        thread::spawn(move || {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = udp.recv_from(&mut buffer) {
                if let Some(answer) = by_udp(&buffer[..length], false) {
                    let _ = udp.send_to(&answer, from);
                }
            }
        });
        thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                let answer = Arc::clone(&answer);
                thread::spawn(move || {
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
                    let mut length = [0; 2];
                    while stream.read_exact(&mut length).is_ok() {
                        let mut question = vec![0; u16::from_be_bytes(length).into()];
                        if stream.read_exact(&mut question).is_err() {
                            return;
                        }
                        if let Some(answer) = answer(&question, true) {
                            let mut message = u16::try_from(answer.len()).unwrap().to_be_bytes().to_vec();
                            message.extend(answer);
                            let _ = stream.write_all(&message);
                        }
                    }
                });
            }
        });
        Self { address: IpAddr::V4(address), asked }
    }

    /// Returns the questions, such as `acs.example A`, without repetitions.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

const A: u16 = 1;
const AAAA: u16 = 28;
const CNAME: u16 = 5;

fn answer(
    question: &[u8],
    by_tcp: bool,
    names: &HashMap<String, Says>,
    otherwise: &Says,
    asked: &Mutex<Vec<String>>,
) -> Option<Vec<u8>> {
    // The name comes first, then the type and the class.
    let mut labels = Vec::new();
    let mut at = 12;
    while question[at] != 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..=at + length]).to_lowercase());
        at += 1 + length;
    }
    let kind = u16::from_be_bytes([question[at + 1], question[at + 2]]);
    let end = at + 5;
    let name = labels.join(".");
    let line = format!("{name} {}", if kind == A { "A" } else { "AAAA" });
    let mut asked = asked.lock().unwrap();
    if !asked.contains(&line) {
        asked.push(line);
    }
    drop(asked);
    let mut says = names.get(&name).unwrap_or(otherwise);
    let as_v4;
    if let Says::V4Then(addresses, other) = says {
        as_v4 = Says::Addresses(addresses.clone());
        says = if kind == A { &as_v4 } else { other };
    }
    let (code, truncated, alias, found) = match says {
        Says::Silence => return None,
        Says::Code(code) => (*code, false, None, &[][..]),
        Says::Addresses(list) => (0, false, None, &list[..]),
        Says::ByTcp(list) if by_tcp => (0, false, None, &list[..]),
        Says::ByTcp(_) => (0, true, None, &[][..]),
        Says::Alias(alias, list) => (0, false, Some(*alias), &list[..]),
        Says::V4Then(..) => unreachable!(),
    };
    let mut records = Vec::new();
    let mut count = 0_u16;
    let mut owner = question[12..=at].to_vec();
    let mut record = |owner: &[u8], kind: u16, data: &[u8]| {
        records.extend_from_slice(owner);
        records.extend_from_slice(&kind.to_be_bytes());
        records.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
        records.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        records.extend_from_slice(data);
        count += 1;
    };
    if let Some(alias) = alias {
        let mut encoded = Vec::new();
        for label in alias.split('.') {
            encoded.push(u8::try_from(label.len()).unwrap());
            encoded.extend_from_slice(label.as_bytes());
        }
        encoded.push(0);
        record(&owner, CNAME, &encoded);
        owner = encoded;
    }
    for address in found {
        match (address, kind) {
            (IpAddr::V4(address), A) => record(&owner, A, &address.octets()),
            (IpAddr::V6(address), AAAA) => record(&owner, AAAA, &address.octets()),
            _ => {}
        }
    }
    let mut message = question[..2].to_vec();
    message.extend_from_slice(&[0x81 | if truncated { 2 } else { 0 }, 0x80 | code, 0, 1]);
    message.extend_from_slice(&count.to_be_bytes());
    message.extend_from_slice(&[0; 4]);
    message.extend_from_slice(&question[12..end]);
    message.extend(records);
    Some(message)
}
