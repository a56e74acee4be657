"""Calls of the control API of an emulator."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any, Dict
from urllib.parse import urlsplit

from .errors import ControlError, EmulatorError
from .process import Process

#: How long a call may take, in seconds. The emulator answers within milliseconds.
TIMEOUT = 10


class Control:
    """The control API of an emulator on this machine.

    It is called over plain HTTP on loopback, so no certificate has to be read. http.client uses no proxies.
    """

    def __init__(self, process: Process) -> None:
        self._process = process

    def fetch(self, method: str, path: str, body: object = None) -> Dict[str, Any]:
        """Returns the object that answers a call."""
        answer = self.call(method, path, body)
        if not isinstance(answer, dict):
            raise EmulatorError(f"The emulator answered {method} /emulator/{path} without a JSON object.")
        return answer

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Returns what answers a call, `None` for an empty answer."""
        # The ready line names an address of this machine here, also behind a proxy.
        address = urlsplit(self._process.ready["controlEndpoint"])
        connection = http.client.HTTPConnection(address.hostname or "localhost", address.port, timeout=TIMEOUT)
        headers = {"authorization": f"Bearer {self._process.secret}", "content-type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, f"/emulator/{path}", sent, headers)
            response = connection.getresponse()
            status, answer = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            late = isinstance(error, socket.timeout)
            self._process.check(0 if late else 1)
            why = f"there was no answer within {TIMEOUT} s" if late else repr(error)
            raise EmulatorError(
                f"The emulator at {address.netloc} did not answer {method} /emulator/{path}: {why}."
            ) from error
        finally:
            connection.close()
        if status >= 400:
            raise _refusal(status, answer)
        return json.loads(answer) if answer else None


def _refusal(status: int, answer: bytes) -> ControlError:
    try:
        error = json.loads(answer)["error"]
        return ControlError(status, error["code"], error["message"])
    except (ValueError, KeyError, TypeError):
        return ControlError(status, "unknown", answer.decode(errors="replace"))
