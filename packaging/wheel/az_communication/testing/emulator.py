"""An emulator for tests."""

from __future__ import annotations

import os
from datetime import datetime
from types import TracebackType
from typing import Any, Dict, List, Optional, Sequence, Type, Union
from urllib.parse import urlencode

from . import program as programs
from . import times
from .clock import Clock
from .control import Control
from .faults import Faults
from .identities import Identity, id_of
from .options import ClientOptions, checked
from .process import Process


class Emulator:
    """An emulator in memory on a free port, from its construction to `close()`, or to the end of a `with` block.

    It ends with the process that started it, also if that process is killed. It can be used from several threads.
    """

    def __init__(
        self,
        *,
        seed: Optional[Union[str, "os.PathLike[str]"]] = None,
        clock: Optional[datetime] = None,
        revocation_delay: Optional[times.Duration] = None,
        throttle: bool = False,
        options: Sequence[str] = (),
        program: Optional[Union[str, "os.PathLike[str]"]] = None,
        start_timeout: float = 30,
    ) -> None:
        """Starts an emulator and waits until it is ready.

        `seed` is a file with identities, assignments, access keys and faults, `clock` the time at the start,
        `revocation_delay` how long a revocation takes, and `throttle` turns the documented rate limits on. `options`
        are more options of `emulator start`, such as `["--strict-api-version"]`. `program` is another program than
        the one of this package.
        """
        arguments = checked(options)
        # Without the equals sign, a value that begins with a hyphen would be an option.
        if seed is not None:
            arguments.append(f"--seed={os.fspath(seed)}")
        if clock is not None:
            arguments.append(f"--clock={times.text('clock', clock)}")
        if revocation_delay is not None:
            arguments.append(f"--revocation-delay={times.seconds('revocation_delay', revocation_delay)}s")
        if throttle:
            arguments.append("--throttle")
        self._process = Process(arguments, programs.find() if program is None else os.fspath(program), start_timeout)
        self._control = Control(self._process)
        #: The process id of the emulator.
        self.pid: int = self._process.ready["pid"]
        #: The URL of the emulator.
        self.endpoint: str = self._process.ready["endpoint"]
        #: The path of the certificate of its authority, for clients that trust it.
        self.ca_certificate: str = self._process.ready["caCertificate"]
        #: The connection string of its primary access key.
        self.connection_string: str = self._process.ready.get("connectionString") or self._connection_string()
        #: Keyword arguments with which a client of Azure's SDK trusts it. `client_options.aio` is for async clients.
        self.client_options = ClientOptions(self.ca_certificate)
        #: Its clock.
        self.clock = Clock(self._control)
        #: Its faults.
        self.faults = Faults(self._control)

    def is_active(self, token: str) -> bool:
        """Returns whether an access token is valid by the clock of the emulator, and not revoked."""
        return bool(self.inspect(token)["active"])

    def inspect(self, token: str) -> Dict[str, Any]:
        """Explains a token: `header`, `claims`, `signature`, `active`, `reason`, `explanation`, `secondsLeft`."""
        if not isinstance(token, str):
            raise TypeError(
                f"A token must be the text of an access token, but it is {type(token).__name__}. "
                "get_token() returns an object: pass its member token."
            )
        return self._control.fetch("POST", "inspect", {"token": token})

    def requests(
        self,
        *,
        operation: Optional[str] = None,
        status: Optional[Union[int, str]] = None,
        identity: Optional[Identity] = None,
        after: Optional[int] = None,
        last: int = 10_000,
    ) -> List[Dict[str, Any]]:
        """Returns the requests that were answered, without those of the control API.

        `operation` is such as `createIdentity`, `status` such as 429 or "4xx", and `identity` a raw id, a custom id, or
        the user that `create_user()` returned. `after` is the `number` of a request before them, and `last` how many
        there are at most. A request has `operation`, `status`, `identity`, `code`, `reason`, `fault`, and more.
        """
        filters = {
            "operation": operation,
            "status": status,
            "identity": None if identity is None else id_of(identity),
            "after": after,
            "last": last,
        }
        query = {name: value for name, value in filters.items() if value is not None}
        found = self._control.fetch("GET", f"requests?{urlencode({**query, 'control': 'false'})}")
        requests: List[Dict[str, Any]] = found["value"]
        return requests

    def environment(self) -> Dict[str, str]:
        """Returns variables for an app in a process of its own: `env={**os.environ, **emulator.environment()}`."""
        bundle: str = self._process.ready["caBundle"]
        direct = ",".join(filter(None, [os.environ.get("NO_PROXY", os.environ.get("no_proxy")), "localhost"]))
        return {
            "AZURE_COMMUNICATION_CONNECTION_STRING": self.connection_string,
            "AZURE_COMMUNICATION_ENDPOINT": self.endpoint,
            "REQUESTS_CA_BUNDLE": bundle,
            "SSL_CERT_FILE": bundle,
            "NODE_EXTRA_CA_CERTS": self.ca_certificate,
            "NO_PROXY": direct,
            "no_proxy": direct,
        }

    def reset(self) -> None:
        """Deletes its identities, assignments, faults and log of requests. The clock shows the time of the machine."""
        self._control.call("POST", "reset")
        self.clock.reset()

    def close(self) -> None:
        """Stops it. A second call does nothing."""
        self._process.stop()

    def __enter__(self) -> Emulator:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Emulator {self.endpoint}>"

    def _connection_string(self) -> str:
        """Asks for the key, because the ready line leaves out a key that is not the well-known one."""
        try:
            key = self._control.fetch("POST", "list-keys")["primaryKey"]
        except BaseException:
            self.close()
            raise
        return f"endpoint={self.endpoint}/;accesskey={key}"
