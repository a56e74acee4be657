"""Writes unusual responses of a server, and how the reference's client (azure-core on requests) handles them.

Usage: answers.py SEED COUNT. Each line of the output is a JSON object: the operation, the responses (latin-1), whether the
connection ends after them, and the outcome: the number of requests, and the user and token or the kind of error.
"""

import json
import logging
import os
import random
import ssl
import socket
import sys
import threading
import zlib

from azure.communication.identity import CommunicationIdentityClient, CommunicationUserIdentifier
from azure.core.exceptions import HttpResponseError

TLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "tls")
CERTIFICATE = os.path.join(TLS, "cert.pem")
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
USER = "8:acs:b6aada1f-0b1d-47ac-866f-91aae00a1d01_00000001-14a2-493b-8a72-5a3a0d000081"
BODY = json.dumps(
    {
        "identity": {"id": USER},
        "accessToken": {"token": "token-of-1", "expiresOn": "2026-11-24T02:26:58+00:00"},
    }
).encode()


class Server:
    """Sends the responses of a case in order, the last one repeated."""

    def __init__(self):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(CERTIFICATE, os.path.join(TLS, "key.pem"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.case = None
        self.requests = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            connection.settimeout(10)
            with self.context.wrap_socket(connection, server_side=True) as stream:
                while (request := self.request(stream)) is not None:
                    self.requests.append(request)
                    answers = self.case["answers"]
                    answer = answers[min(len(self.requests), len(answers)) - 1]
                    stream.sendall(answer["bytes"].replace("{port}", str(self.port)).encode("latin-1"))
                    if answer["ends"]:
                        break
        except OSError:
            pass

    @staticmethod
    def request(stream):
        received = b""
        while b"\r\n\r\n" not in received:
            if not (more := stream.recv(65536)):
                return None
            received += more
        head, body = received.split(b"\r\n\r\n", 1)
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        while len(body) < int((lengths or [b"0"])[0]):
            if not (more := stream.recv(65536)):
                return None
            body += more
        return " ".join(head.split(b"\r\n")[0].decode().split(" ")[:2])


def answer(head, body=b"", ends=True):
    return {"bytes": (head.encode("latin-1") + b"\r\n\r\n" + body).decode("latin-1"), "ends": ends}


LENGTH = f"Content-Length: {len(BODY)}"


def heads(pick):
    """Status lines, and headers of all kinds."""
    line = pick.choice(["HTTP/1.1 201 Created", "HTTP/1.0 201 Created", "HTTP/1.1 201", "HTTP/1.1 201 ", "HTTP/1.1  201 X",
                        "HTTP/1.2 201 Created", "HTTP/1.1 201 Cr\xe9ated", "HTTP/1.1 200 OK", "HTTP/1.1 2o1 Created"])
    odd = ["X-Folded: a\r\n b", "X-Tab: a\r\n\tb\r\n  c", "X-Empty:", "x-case: A", "X-Colon: a:b:c", "X-Latin: \xe9\xff",
           "X-Control: a\x01b", "Server: x\r\nServer: y", "Content-Type: text/html", "Set-Cookie: a=b; Path=/",
           "Connection: keep-alive", "Connection: close", "X-Long: " + "y" * pick.choice([10, 5000, 30000])]
    chosen = [pick.choice(odd) for _ in range(pick.choice([0, 1, 3, 20, 90]))]
    chosen.insert(pick.randint(0, len(chosen)), LENGTH)
    head = "\r\n".join([line, *chosen])
    case = answer(head, BODY)
    if pick.random() < 0.2:
        # Lines that end with a line feed only.
        case["bytes"] = (head.replace("\r\n", "\n") + "\n\n") + BODY.decode()
    return "create", [case]


def chunks(pick, body):
    out, rest = b"", body
    while rest:
        size = pick.randint(1, len(rest))
        form = pick.choice(["%x", "%X", "00%x", "%x;name=value", "%x ;a", "%x;q=\"x\""])
        out += (form % size).encode() + b"\r\n" + rest[:size] + b"\r\n"
        rest = rest[size:]
    return out + pick.choice([b"0\r\n\r\n"] * 4 + [b"0\r\n", b"0\r\nX-Trailer: a\r\n\r\n", b"000\r\n\r\n", b"", b"0", b"zz\r\n"])


def bodies(pick):
    """Chunks, compression, and bodies that end with the connection."""
    body, headers = BODY, ["HTTP/1.1 201 Created"]
    coding = pick.choice(["", "", "gzip", "deflate", "raw", "identity", "GZIP"])
    if coding:
        bits = {"gzip": 31, "GZIP": 31, "deflate": 15, "raw": -15, "identity": None}[coding]
        if bits:
            packer = zlib.compressobj(wbits=bits)
            body = packer.compress(body) + packer.flush()
        headers.append("Content-Encoding: " + {"raw": "deflate"}.get(coding, coding))
    way = pick.choice(["chunks", "chunks", "chunks", "length", "end", "cut"])
    if way == "chunks":
        headers.append(pick.choice(["Transfer-Encoding: chunked", "transfer-encoding: Chunked"]))
        body = chunks(pick, body)
    elif way in ("length", "cut"):
        headers.append(f"Content-Length: {len(body)}")
        body = body[: pick.randint(0, len(body) - 1)] if way == "cut" else body
    return "create", [answer("\r\n".join(headers), body)]


def lengths(pick):
    """Lengths in all forms."""
    n = len(BODY)
    forms = [f"{n}", f" {n} ", f"+{n}", f"-{n}", "", "x", f"0x{n:x}", f"0{n}", f"{n}, {n}", f"{n}, 3", f"{n}\r\nContent-Length: {n}",
             f"{n}\r\nContent-Length: 3", f"{n - 1}", f"{n + 1}", f"{n}\r\nTransfer-Encoding: identity", f"{n}\r\nTransfer-Encoding: other"]
    return "create", [answer(f"HTTP/1.1 201 Created\r\nContent-Length:{pick.choice(['', ' '])}{pick.choice(forms)}", BODY)]


def success(operation):
    if operation == "delete":
        return answer("HTTP/1.1 204 No Content", ends=False)
    return answer(f"HTTP/1.1 201 Created\r\n{LENGTH}", BODY, ends=False)


def retries(pick):
    """Statuses and waits, once."""
    operation = pick.choice(["create", "delete"])
    status = pick.choice([400, 401, 403, 404, 408, 409, 412, 418, 429, 500, 501, 502, 503, 504, 505, 511])
    wait = pick.choice(["", "", "Retry-After: 0", "Retry-After: -1", "Retry-After:", "Retry-After: 0.01", "Retry-After: nan",
                        "retry-after-ms: 5", "x-ms-retry-after-ms: 5", "Retry-After: Thu, 01 Jan 2026 00:00:00 GMT"])
    head = "\r\n".join(filter(None, [f"HTTP/1.1 {status} Odd", wait, "Content-Length: 0"]))
    return operation, [answer(head, ends=pick.random() < 0.3), success(operation)]


def redirects(pick):
    """Redirects within the server."""
    operation = pick.choice(["create", "delete"])
    status = pick.choice([300, 301, 302, 303, 304, 305, 306, 307, 308])
    location = pick.choice(["/r", "r", "/r?x=1", "/r#fragment", "/r?x=1#f", "//localhost:{port}/r", "https://localhost:{port}/r",
                            "https://localhost:{port}/a/b?c", "/a%2Fb", "/a/b/", "", None])
    lines = [f"HTTP/1.1 {status} Odd", None if location is None else f"Location: {location}", "Content-Length: 0"]
    again = [answer("\r\n".join(line for line in lines if line is not None), ends=False)] * pick.choice([1, 1, 2])
    return operation, [*again, success(operation)]


GROUPS = [heads, bodies, lengths, retries, redirects]


def outcome(server, operation):
    """Returns how the reference handles the responses."""
    client = CommunicationIdentityClient.from_connection_string(
        f"endpoint=https://localhost:{server.port}/;accesskey={KEY}", connection_verify=CERTIFICATE, read_timeout=5
    )
    try:
        if operation == "delete":
            client.delete_user(CommunicationUserIdentifier(USER))
            return {"kind": "ok"}
        user, token = client.create_user_and_token(["chat"])
        return {"kind": "ok", "user": user.properties["id"], "token": token.token}
    except HttpResponseError as error:
        # A body that is not JSON also raises this error, with a success status.
        return {"kind": "status" if error.status_code and error.status_code not in (200, 201, 204) else "broken"}
    except Exception:  # The reference ends with any other error.
        return {"kind": "broken"}
    finally:
        client._identity_service_client.close()


def main():
    seed, count = sys.argv[1:3]
    pick = random.Random(seed)
    logging.disable()
    server = Server()
    for number in range(int(count)):
        group = GROUPS[number % len(GROUPS)]
        operation, answers = group(pick)
        server.case, server.requests = {"answers": answers}, []
        result = outcome(server, operation)
        print(json.dumps({"group": group.__name__, "operation": operation, "answers": answers, "outcome": result,
                          "requests": server.requests}), flush=True)


if __name__ == "__main__":
    main()
