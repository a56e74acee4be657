//! An npm registry on this machine with only our two packages.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA512, digest};
use serde_json::{Value, json};

use super::dist::stdout;
use super::node;

/// The responses by path.
type Files = BTreeMap<String, Vec<u8>>;

/// The registry. It ends with the test program.
pub struct Registry {
    pub url: String,
}

impl Registry {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut files = Files::new();
        for tarball in [node::launcher(), node::platform()] {
            add(&mut files, &url, &tarball);
        }
        let files = Arc::new(files);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let files = Arc::clone(&files);
                // A client that disconnects is not an error of the registry.
                thread::spawn(move || stream.and_then(|stream| answer(stream, &files)));
            }
        });
        Self { url }
    }
}

/// Returns the package.json in a tarball.
pub fn manifest(tarball: &Path) -> Value {
    let text = stdout(Command::new("tar").arg("-xzOf").arg(tarball).arg("package/package.json"));
    serde_json::from_str(&text).unwrap()
}

fn add(files: &mut Files, url: &str, tarball: &Path) {
    let bytes = fs::read(tarball).unwrap();
    let mut manifest = manifest(tarball);
    let (name, version) = (text(&manifest["name"]), text(&manifest["version"]));
    let file = format!("/{name}/-/{}", tarball.file_name().unwrap().to_str().unwrap());
    let integrity = format!("sha512-{}", STANDARD.encode(digest(&SHA512, &bytes)));
    manifest["dist"] = json!({ "tarball": format!("{url}{file}"), "integrity": integrity });
    let package = json!({
        "name": name,
        "dist-tags": { "latest": version },
        "versions": { &version: manifest },
        "time": { &version: "2026-01-01T00:00:00.000Z" },
    });
    files.insert(format!("/{name}"), package.to_string().into_bytes());
    files.insert(file, bytes);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn answer(mut stream: TcpStream, files: &Files) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The head ends with an empty line.
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or_default().replace("%2f", "/").replace("%2F", "/");
    let (status, body) = match files.get(path.split('?').next().unwrap_or_default()) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", &b"{}"[..]),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}
