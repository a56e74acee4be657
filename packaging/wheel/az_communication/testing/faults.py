"""Faults of an emulator: requests that fail, are late, or end early."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Union
from urllib.parse import quote

from . import times
from .control import Control
from .identities import Identity, id_of


class Fault(NamedTuple):
    """A fault of an emulator."""

    #: With this id, it is deleted.
    id: str
    #: How many requests it has hit.
    hits: int
    #: Which requests it hits, and what happens to them: the members of the control API.
    rule: Dict[str, Any]


class Faults:
    """The faults of an emulator. One fault hits a request at most: the first one that fits."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(
        self,
        operation: Optional[str] = None,
        *,
        method: Optional[str] = None,
        path: Optional[str] = None,
        identity: Optional[Identity] = None,
        every: Optional[int] = None,
        probability: Optional[float] = None,
        seed: Optional[int] = None,
        status: Optional[int] = None,
        code: Optional[str] = None,
        message: Optional[str] = None,
        retry_after: Optional[times.Duration] = None,
        delay: Optional[times.Duration] = None,
        drop: Optional[str] = None,
        truncate_body_at: Optional[int] = None,
        token_expires_in: Optional[times.Duration] = None,
        shift: Optional[times.Duration] = None,
        times: Optional[int] = None,
        until: Optional[Union[datetime, timedelta]] = None,
        include_unauthenticated: Optional[bool] = None,
    ) -> Fault:
        """Adds a fault.

        Which requests: `operation` (`createIdentity`, `issueAccessToken`; more than one with commas), `method`,
        `path`, `identity`, `every`, `probability` with `seed`. What happens: `status` with `code`, `message` and
        `retry_after`; `delay`; `drop` ("before" or "after" the operation); `truncate_body_at`; `token_expires_in`;
        `shift`. How long: `times` (hits), `until` (a time of the service, or how long from its present time).
        Durations are timedeltas, or numbers of seconds.
        """
        members = {
            "operation": operation,
            "method": method,
            "path": path,
            "identity": None if identity is None else id_of(identity),
            "every": every,
            "probability": probability,
            "seed": seed,
            "status": status,
            "code": code,
            "message": message,
            "retryAfter": _seconds("retry_after", retry_after),
            "delayMilliseconds": None if delay is None else _milliseconds("delay", delay),
            "drop": drop,
            "truncateBodyAt": truncate_body_at,
            "tokenExpiresInSeconds": _seconds("token_expires_in", token_expires_in),
            "shiftSeconds": _seconds("shift", shift),
            "times": times,
            "until": None if until is None else self._time(until),
            "includeUnauthenticated": include_unauthenticated,
        }
        return self._add({name: value for name, value in members.items() if value is not None})

    def list(self) -> List[Fault]:
        """Returns all faults, in the order in which they were added."""
        return [_fault(value) for value in self._control.fetch("GET", "faults")["value"]]

    def get(self, fault: Union[Fault, str]) -> Fault:
        """Returns a fault as it is now, with its hits."""
        return _fault(self._control.fetch("GET", _path(fault)))

    def delete(self, fault: Union[Fault, str]) -> None:
        """Removes a fault."""
        self._control.call("DELETE", _path(fault))

    def clear(self) -> None:
        """Removes all faults."""
        self._control.call("DELETE", "faults")

    @contextmanager
    def restored(self) -> Iterator[Faults]:
        """Has the same faults after a `with` block as before. Their hits begin anew if one of them was removed."""
        before = self.list()
        try:
            yield self
        finally:
            now = {fault.id for fault in self.list()}
            if all(fault.id in now for fault in before):
                for id in now - {fault.id for fault in before}:
                    self.delete(id)
            else:
                self.clear()
                for fault in before:
                    self._add(fault.rule)

    def _add(self, rule: Dict[str, Any]) -> Fault:
        return _fault(self._control.fetch("POST", "faults", rule))

    def _time(self, until: Union[datetime, timedelta]) -> str:
        if isinstance(until, timedelta):
            until = times.parse(self._control.fetch("GET", "clock")["now"]) + until
        return times.text("until", until)


def _seconds(name: str, duration: Optional[times.Duration]) -> Optional[int]:
    return None if duration is None else times.seconds(name, duration)


def _milliseconds(name: str, duration: times.Duration) -> int:
    return times.milliseconds(name, duration)


def _path(fault: Union[Fault, str]) -> str:
    return f"faults/{quote(fault if isinstance(fault, str) else fault.id, safe='')}"


def _fault(members: Dict[str, Any]) -> Fault:
    rule = {name: value for name, value in members.items() if name not in ("id", "hits")}
    return Fault(members["id"], members["hits"], rule)
