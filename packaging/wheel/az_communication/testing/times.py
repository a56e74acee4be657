"""Times and durations as the control API writes them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Union

#: A duration: a timedelta, or a number of seconds.
Duration = Union[timedelta, int, float]


def seconds(name: str, duration: Duration) -> int:
    """Returns a whole number of seconds."""
    value = _seconds(name, duration)
    if value != int(value):
        raise ValueError(f"{name} must be a whole number of seconds, but it is {value}.")
    return int(value)


def milliseconds(name: str, duration: Duration) -> int:
    """Returns a whole number of milliseconds."""
    return round(_seconds(name, duration) * 1000)


def _seconds(name: str, duration: Duration) -> float:
    if isinstance(duration, timedelta):
        return duration.total_seconds()
    if isinstance(duration, (int, float)):
        return duration
    raise TypeError(f"{name} must be a timedelta, or a number of seconds, but it is {duration!r}.")


def text(name: str, time: datetime) -> str:
    """Returns a time in the form of RFC 3339."""
    if not isinstance(time, datetime):
        raise TypeError(f"{name} must be a datetime, but it is {time!r}. Write datetime(…, tzinfo=timezone.utc).")
    if time.tzinfo is None:
        raise ValueError(f"{name} has no time zone: {time}. Write datetime(…, tzinfo=timezone.utc).")
    return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def parse(time: str) -> datetime:
    """Reads a time of the emulator. It has seven decimals, and Python has six."""
    whole, _, decimals = time.partition("+")[0].partition(".")
    return datetime.fromisoformat(f"{whole}.{decimals[:6]:0<6}+00:00")
