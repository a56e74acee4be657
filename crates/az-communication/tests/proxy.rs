//! Proxies: which one is taken, what it gets to see, and what is said where it cannot be used.
#![cfg(unix)]

mod support;

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use support::tls::{self, Identity};
use support::{Folder, az};

const CREATE: [&str; 4] = ["communication", "user-identity", "user", "create"];

/// `user create` at that port of localhost, with these variables.
fn create(home: &Folder, port: u16, variables: &[(&str, &str)]) -> Output {
    let connection = format!("endpoint=https://localhost:{port}/;accesskey=c2VjcmV0");
    let mut command = az(home);
    command.args(CREATE).env("AZURE_COMMUNICATION_CONNECTION_STRING", connection);
    command.envs(variables.iter().copied()).output().unwrap()
}

fn stderr(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    text.lines().filter(|line| !line.starts_with("WARNING: ")).map(|line| format!("{line}\n")).collect()
}

/// Reads the head of a request.
fn head(stream: &mut impl Read) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    // A client that speaks TLS has no empty line to say.
    while !head.ends_with(b"\r\n\r\n")
        && !head.starts_with(&[0x16])
        && stream.read(&mut byte).is_ok_and(|count| count == 1)
    {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A proxy that answers its only connection so, and tells what it was asked.
fn proxy(answer: impl Into<Vec<u8>>) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = mpsc::channel();
    let answer = answer.into();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = sender.send(head(&mut stream));
        let _ = stream.write_all(&answer);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = io::copy(&mut stream, &mut io::sink());
    });
    (port, receiver)
}

/// What is said where a proxy answers so.
fn after(answer: impl Into<Vec<u8>>, user: &str) -> String {
    let home = Folder::new();
    let (port, _asked) = proxy(answer);
    let url = format!("http://{user}127.0.0.1:{port}");
    let text = stderr(&create(&home, 7, &[("ALL_PROXY", &url)]));
    assert!(!text.contains("geheim"), "{text}");
    text.replace(&port.to_string(), "PORT")
}

/// Carries bytes both ways until both have ended. `client` does not block for long.
fn relay(client: &mut (impl Read + Write), port: u16) {
    let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    server.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    let mut buffer = [0; 16 * 1024];
    let waits = |error: &io::Error| matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
    loop {
        match client.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => server.write_all(&buffer[..count]).unwrap(),
            Err(error) if waits(&error) => {}
            Err(_) => return,
        }
        match server.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => client.write_all(&buffer[..count]).and_then(|()| client.flush()).unwrap(),
            Err(error) if waits(&error) => {}
            Err(_) => return,
        }
    }
}

#[test]
fn a_proxy_that_cannot_be_understood_is_an_error() {
    let home = Folder::new();
    let said = |value: &str| stderr(&create(&home, 7, &[("https_proxy", value)]));
    let mut all = String::new();
    for value in [
        "http://127.0.0.1:99999",
        "localhost:3128",
        "http://",
        " http://127.0.0.1:1",
        "http://u:ge/heim@127.0.0.1:1",
        "http://u:%ff@127.0.0.1:1",
        "socks5://127.0.0.1:1080",
        "ftp://127.0.0.1",
        "http://[::x]",
    ] {
        let text = said(value);
        assert!(!text.contains("heim"), "{text}");
        all.push_str(&format!("{value}\n{text}\n"));
    }
    assert_snapshot!(all, @r"
    http://127.0.0.1:99999
    ERROR: The proxy that https_proxy names cannot be used: its port 99999 is larger than 65535.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    localhost:3128
    ERROR: The proxy that https_proxy names cannot be used: it does not start with http:// or https://.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    http://
    ERROR: The proxy that https_proxy names cannot be used: it has no host.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

     http://127.0.0.1:1
    ERROR: The proxy that https_proxy names cannot be used: it has a blank or a control character before, in or behind its host.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    http://u:ge/heim@127.0.0.1:1
    ERROR: The proxy that https_proxy names cannot be used: a character of its user name or password ends the host, and must be percent-encoded.
    Hint: In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, %23 is #, %3F is ?, %25 is %, %5C is \.
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    http://u:%ff@127.0.0.1:1
    ERROR: The proxy that https_proxy names cannot be used: its user name or password is not valid percent-encoded UTF-8, or has characters outside Latin-1, which cannot be sent.
    Hint: In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, %23 is #, %3F is ?, %25 is %, %5C is \.
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    socks5://127.0.0.1:1080
    ERROR: The proxy that https_proxy names cannot be used: SOCKS proxies are not supported.
    Hint: Name an HTTP proxy: https_proxy=http://HOST:PORT, or https:// for one that speaks TLS.
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    ftp://127.0.0.1
    ERROR: The proxy that https_proxy names cannot be used: its scheme 'ftp' is not http or https.
    Hint: Name an HTTP proxy: https_proxy=http://HOST:PORT, or https:// for one that speaks TLS.
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    http://[::x]
    ERROR: The proxy that https_proxy names cannot be used: its host is not valid.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn answers_that_are_not_a_tunnel_are_named() {
    let wants = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: ";
    let mut all = String::new();
    for (answer, user) in [
        (format!("{wants}Basic realm=x\r\n\r\n"), ""),
        (format!("{wants}Basic realm=x\r\n\r\n"), "u:geheim@"),
        (format!("{wants}Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n"), "u:geheim@"),
        ("HTTP/1.1 403 Forbidden \u{1b}[31m by policy\n\n<p>No.</p>".to_owned(), ""),
        ("HTTP/1.0 503\r\n\r\n".to_owned(), ""),
        ("SSH-2.0-x 200 OK\r\n\r\n".to_owned(), ""),
        ("nothing 200\n\n".to_owned(), ""),
        ("HTTP/1.1 2000 OK\r\n\r\n".to_owned(), ""),
        ("\u{15}\u{3}\u{1}\0\u{2}\u{2}\u{50}".to_owned(), ""),
        (String::new(), ""),
    ] {
        all.push_str(&format!(
            "{}\n{}\n",
            answer.lines().next().unwrap_or_default().escape_debug(),
            after(answer.as_str(), user)
        ));
    }
    assert_snapshot!(all, @r"
    HTTP/1.1 407 Proxy Authentication Required
    ERROR: The proxy 127.0.0.1:PORT wants a user name and a password (407).
    Hint: Write them into ALL_PROXY: http://USER:PASSWORD@127.0.0.1:PORT
    Hint: In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, %23 is #, %3F is ?, %25 is %, %5C is \.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.

    HTTP/1.1 407 Proxy Authentication Required
    ERROR: The proxy 127.0.0.1:PORT does not accept the user name and the password (407).
    Hint: Write them into ALL_PROXY: http://USER:PASSWORD@127.0.0.1:PORT
    Hint: In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, %23 is #, %3F is ?, %25 is %, %5C is \.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.

    HTTP/1.1 407 Proxy Authentication Required
    ERROR: The proxy 127.0.0.1:PORT wants to authenticate by Negotiate, NTLM, and only Basic is supported (407).
    Hint: A local proxy that authenticates with the other one, such as cntlm or px, can help.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.

    HTTP/1.1 403 Forbidden \u{1b}[31m by policy
    ERROR: The proxy 127.0.0.1:PORT refuses to connect to localhost:7: 403 Forbidden \x1b[31m by policy.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.

    HTTP/1.0 503
    ERROR: The proxy 127.0.0.1:PORT refuses to connect to localhost:7: 503.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.

    SSH-2.0-x 200 OK
    ERROR: The response of the proxy 127.0.0.1:PORT is not HTTP.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.

    nothing 200
    ERROR: The response of the proxy 127.0.0.1:PORT is not HTTP.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.

    HTTP/1.1 2000 OK
    ERROR: The response of the proxy 127.0.0.1:PORT is not HTTP.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.

    \u{15}\u{3}\u{1}\0\u{2}\u{2}P
    ERROR: The response of the proxy 127.0.0.1:PORT is not HTTP.
    Hint: If it speaks TLS, its scheme is https: ALL_PROXY=https://127.0.0.1:PORT
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.


    ERROR: The proxy 127.0.0.1:PORT closed the connection without a response.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn an_answer_that_does_not_end_is_given_up() {
    assert_snapshot!(after(format!("HTTP/1.1 200 OK\r\n{}", "x: y\r\n".repeat(60_000)), ""), @r"
    ERROR: The response of the proxy 127.0.0.1:PORT does not end.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn what_requests_takes_for_a_tunnel_is_one() {
    let home = Folder::new();
    let root = Identity::own(tls::authority("The root"));
    let server = Identity::by(&root, tls::server(&["localhost"]));
    let bundle = home.write("root.pem", &root.pem);
    let port = tls::serve(tls::config(vec![server.der.clone()], server.key_der()));
    let long = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-long: y\r\n".repeat(5000));
    for answer in [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.0 200 OK\n\n",
        "HTTP/1.1 200\nvia: x\r\n\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 x\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
        &long,
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://us%2Fer:p+s%40:s@{}/", listener.local_addr().unwrap());
        let asked = thread::scope(|scope| {
            let asked = scope.spawn(|| {
                let (mut stream, _) = listener.accept().unwrap();
                let asked = head(&mut stream);
                stream.write_all(answer.as_bytes()).unwrap();
                stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
                relay(&mut stream, port);
                asked
            });
            let variables = [("HTTPS_PROXY", url.as_str()), ("REQUESTS_CA_BUNDLE", bundle.to_str().unwrap())];
            let output = create(&home, port, &variables);
            assert!(output.status.success(), "{answer:.60}: {output:?}");
            asked.join().unwrap()
        });
        // Basic with the base64 of us/er:p+s@:s
        let authorization = "Proxy-Authorization: Basic dXMvZXI6cCtzQDpz";
        let expected =
            format!("CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n{authorization}\r\n\r\n");
        assert_eq!(asked, expected);
    }
}

#[test]
fn a_proxy_with_https_is_spoken_to_with_tls() {
    let home = Folder::new();
    let root = Identity::own(tls::authority("The root"));
    let server = Identity::by(&root, tls::server(&["localhost", "127.0.0.1"]));
    let bundle = home.write("root.pem", &root.pem);
    let config = tls::config(vec![server.der.clone()], server.key_der());
    let port = tls::serve(config.clone());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://u:geheim@{}", listener.local_addr().unwrap());
    let variables = [("https_proxy", url.as_str()), ("REQUESTS_CA_BUNDLE", bundle.to_str().unwrap())];
    let asked = thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let (stream, _) = listener.accept().unwrap();
            let mut secured = tls::accept(&config, stream);
            let asked = head(&mut secured);
            secured.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            secured.flush().unwrap();
            secured.sock.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
            relay(&mut secured, port);
            asked
        });
        let output = create(&home, port, &variables);
        assert!(output.status.success(), "{output:?}");
        asked.join().unwrap()
    });
    assert_snapshot!(asked.replace("\r\n", "\n").replace(&port.to_string(), "PORT"), @r"
    CONNECT localhost:PORT HTTP/1.1
    Host: localhost:PORT
    Proxy-Authorization: Basic dTpnZWhlaW0=
    ");
}

#[test]
fn a_proxy_with_https_that_does_not_speak_tls_gets_no_password() {
    let home = Folder::new();
    let (port, asked) = proxy("HTTP/1.1 400 Bad Request\r\n\r\n");
    let text = stderr(&create(&home, 7, &[("https_proxy", &format!("https://u:geheim@127.0.0.1:{port}"))]));
    assert_snapshot!(text.replace(&port.to_string(), "PORT"), @r"
    ERROR: The proxy 127.0.0.1:PORT does not speak TLS.
    Hint: If it does not speak TLS, its scheme is http: https_proxy=http://127.0.0.1:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.
    ");
    drop(asked);
}

#[test]
fn a_proxy_that_is_not_there_is_named_with_its_variable() {
    let home = Folder::new();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = stderr(&create(&home, 7, &[("all_proxy", &format!("127.0.0.1:{nobody}"))]));
    assert_snapshot!(text.replace(&nobody.to_string(), "PORT"), @r"
    ERROR: Cannot connect to the proxy 127.0.0.1:PORT: Connection refused.
    Hint: The proxy is named by all_proxy. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn no_proxy_is_followed_for_addresses_and_networks() {
    let home = Folder::new();
    // Whoever goes through the proxy fails there; who does not, at the closed port.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let proxy = format!("http://127.0.0.1:{nobody}");
    for (host, list, direct) in [
        ("127.0.0.1", "127.0.0.0/8", true),
        ("[::1]", "::1", true),
        ("localhost", "localhost", true),
        ("localhost", ".localhost", true),
        ("localhost", "127.0.0.1", false),
        ("127.0.0.1", "localhost", false),
        ("127.0.0.1", "128.0.0.0/8", false),
    ] {
        let mut command = az(&home);
        command.args(CREATE).args(["--connection-string", &format!("endpoint=https://{host}:9/;accesskey=c2VjcmV0")]);
        let output = command.env("HTTPS_PROXY", &proxy).env("NO_PROXY", list).output().unwrap();
        assert_eq!(!stderr(&output).contains("proxy 127"), direct, "{host} {list}: {output:?}");
    }
    let output = create(&home, 9, &[("HTTPS_PROXY", &proxy), ("https_proxy", "")]);
    assert!(!stderr(&output).contains("proxy 127"), "{output:?}");
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn proxies_are_chosen_as_requests_chooses_them() {
    let seed = support::python::seed();
    let cases = support::python::cases("proxies.py", &[&seed, "1000"]);
    let mut differences = Vec::new();
    for case in &cases {
        let said = case["said"].as_str().unwrap();
        // Where requests sends nothing, az says why.
        let explains = case["az"].is_array() || said.contains("roxy") || said.contains("cannot be found");
        if case["requests"] != case["az"] || !explains || said.contains("..") {
            differences.push(case.to_string());
        }
    }
    println!("proxies: {} cases with seed {seed}, {} differences", cases.len(), differences.len());
    differences.truncate(12);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(cases.len(), 1000);
}
