"""Finds out which proxy Python's requests and az use in generated environments: one line of JSON for each case.

    proxies.py SEED COUNT AZ FOLDER

Proxies listen on 127.0.0.1 (with TLS on one port), servers on 127.0.0.1 and ::1; each records the start of its first
request and closes the connection.
"""

import json
import os
import pathlib
import random
import socket
import ssl
import subprocess
import sys
import threading
import warnings

import requests

SEED, COUNT, AZ, FOLDER = sys.argv[1], int(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
RANDOM = random.Random(SEED)
VARIABLES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY"]
SEEN = []


def certificate():
    folder = FOLDER / "certificate"
    folder.mkdir(parents=True)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
               "-subj", "/CN=proxy", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
               "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def listen(label, family, address, context=None):
    """A listener that records the first words of each connection."""
    listener = socket.socket(family)
    listener.bind((address, 0))
    listener.listen(64)

    def first(stream):
        stream.settimeout(10)
        try:
            if context:
                stream = context.wrap_socket(stream, server_side=True)
            received = b""
            # TLS and SOCKS begin with other bytes.
            while not received or (received[:1].isalpha() and b"\r\n\r\n" not in received):
                more = stream.recv(4096)
                if not more:
                    break
                received += more
            lines = received.decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
            if received.startswith(b"\x16"):
                SEEN.append((label, "TLS"))
            elif lines[0].startswith("CONNECT "):
                SEEN.append((label, lines[0].split(" ")[1], headers.get("proxy-authorization")))
            if lines[0].startswith("CONNECT "):
                stream.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except (OSError, ssl.SSLError):
            pass
        finally:
            stream.close()

    def run():
        while True:
            stream, _ = listener.accept()
            # The clients run one after another, so that each recorded connection belongs to one client.
            first(stream)

    threading.Thread(target=run, daemon=True).start()
    return listener.getsockname()[1]


FILES = certificate()
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.load_cert_chain(FILES / "certificate.pem", FILES / "key.pem")
PROXY = listen("proxy", socket.AF_INET, "127.0.0.1")
SECURE = listen("secure proxy", socket.AF_INET, "127.0.0.1", CONTEXT)
SERVER = listen("server", socket.AF_INET, "127.0.0.1")
SERVER6 = listen("server", socket.AF_INET6, "::1")


def user():
    name = RANDOM.choice(["u", "DOM%5Cu", "us er", "ü", "", "u%40corp"])
    password = RANDOM.choice(["", "w", "a+b", "a%2Bb", "a%40b", "a@b", "a:b", "%zz", "%41%", "p%C3%A4", "pä", "p%E4", "€", "a b", "w%00",
                              "a/b", "a#b", "a?b", "1/b", "1#b", "a%2Fb", "!$&'()*,;="])
    return RANDOM.choice(["", "", f"{name}@", f"{name}:{password}@", f"{name}:{password}@"])


def proxy():
    """Returns the URL of a proxy, which may be invalid."""
    kind = RANDOM.random()
    if kind < 0.08:
        return ""
    scheme = RANDOM.choice(["http://", "http://", "http://", "HTTP://", "https://", "", "//", "socks5://", "socks4a://", "ftp://", "http:/", "http:"])
    port = SECURE if scheme == "https://" else PROXY
    host = RANDOM.choice(["127.0.0.1"] * 6 + ["localhost", "LOCALHOST", "[::x]", "", "127.0.0.1 ", "127.0.0.%"])
    tail = RANDOM.choice([f":{port}"] * 8 + [":99999", ":x", f":000{port}", f": {port}"])
    path = RANDOM.choice(["", "", "", "/", "/path?q#f", "?q", "#f"])
    around = RANDOM.choice([""] * 9 + [" "])
    return f"{around}{scheme}{user()}{host}{tail}{path}"


def exceptions(port):
    entries = ["localhost", ".localhost", "LOCALHOST", "*", "127.0.0.1", "127.0.0.0/8", "127.0.0.0/33", "127.0.0.0/0", "127/8", "127.1/16",
               "0x7f.1/8", "128.0.0.0/1", "0.0.1", "127.0.0", "::1", "[::1]", "::/0", "example.com", f"localhost:{port}",
               f"127.0.0.1:{port}", f"[::1]:{port}", "localhost.", "ocalhost", "..localhost", " localhost", "localhost ", "", "<local>", "*.localhost",
               "::", ":", "1", "\tlocalhost"]
    return RANDOM.choice(["", ",", ", ", ";", " "]).join(RANDOM.choice(entries) for _ in range(RANDOM.choice([1, 1, 1, 2, 3])))


def environment(port):
    chosen = {}
    for name in RANDOM.sample(VARIABLES[:4], RANDOM.choice([0, 1, 1, 1, 2, 3])):
        chosen[name] = proxy()
    for name in RANDOM.sample(VARIABLES[4:6], RANDOM.choice([0, 1, 1, 2])):
        chosen[name] = RANDOM.choice([exceptions(port), exceptions(port), ""])
    if RANDOM.random() < 0.1:
        chosen[RANDOM.choice(VARIABLES[6:])] = "http://127.0.0.1:1"
    if RANDOM.random() < 0.05:
        chosen["REQUEST_METHOD"] = "GET"
    return chosen


def seen():
    found, SEEN[:] = SEEN[:1], []
    return list(found[0]) if found else None


def reference(url, variables):
    for name in [*VARIABLES, "REQUEST_METHOD"]:
        os.environ.pop(name, None)
    os.environ.update(variables)
    try:
        requests.post(url, verify=str(FILES / "certificate.pem"), timeout=10)
        return "answered"
    except Exception as error:  # After any error, nothing may have been sent.
        return type(error).__name__


def ours(host, port, variables):
    run = {
        "HOME": str(FOLDER), "AZURE_CONFIG_DIR": str(FOLDER / ".azure"), "PATH": "/usr/bin:/bin",
        "REQUESTS_CA_BUNDLE": str(FILES / "certificate.pem"), **variables,
        "AZURE_COMMUNICATION_CONNECTION_STRING": f"endpoint=https://{host}:{port}/;accesskey=c2VjcmV0",
    }
    command = [AZ, "communication", "user-identity", "user", "create", "--only-show-errors"]
    done = subprocess.run(command, env=run, capture_output=True, text=True, errors="replace", timeout=60)
    return done.stderr


def main():
    warnings.simplefilter("ignore")
    for _ in range(COUNT):
        host, port = RANDOM.choice([("localhost", SERVER), ("127.0.0.1", SERVER), ("[::1]", SERVER6)])
        variables = environment(port)
        error = reference(f"https://{host}:{port}/identities", variables)
        theirs = seen()
        said = ours(host, port, variables)
        print(json.dumps({"variables": variables, "host": f"{host}:{port}", "requests": theirs, "error": error, "az": seen(), "said": said}),
              flush=True)


main()
