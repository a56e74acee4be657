"""The clock of an emulator."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, Dict, Iterator

from . import times
from .control import Control


class Clock:
    """The clock by which tokens are issued and expire. All methods return the time that it shows, in UTC.

    A change is in effect when the method returns.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def now(self) -> datetime:
        """Returns the time."""
        return times.parse(self._show()["now"])

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return bool(self._show()["frozen"])

    def set(self, time: datetime) -> datetime:
        """Shows that time, from 1970 to 2261. A clock that runs runs on from it."""
        return self._change("set", {"now": times.text("The time", time)})

    def advance(self, by: times.Duration) -> datetime:
        """Moves by a timedelta, or by a number of seconds. A negative one moves the clock back."""
        return self._change("advance", {"by": f"{times.seconds('The duration', by)}s"})

    def freeze(self) -> datetime:
        """Stands still. `set` and `advance` still move it."""
        return self._change("freeze")

    def resume(self) -> datetime:
        """Runs on from the time that it shows."""
        return self._change("resume")

    def reset(self) -> datetime:
        """Shows the time of the machine again, and runs."""
        return self._change("reset")

    @contextmanager
    def restored(self) -> Iterator[Clock]:
        """Sets the clock, at the end of a `with` block, to what it was before."""
        before = self._show()
        now, machine = times.parse(before["now"]), times.parse(before["machine"])
        try:
            yield self
        finally:
            if before["frozen"]:
                self.freeze()
                self.set(now)
            elif now == machine:
                self.reset()
            else:
                self.resume()
                self.set(datetime.now(timezone.utc) + (now - machine))

    def _show(self) -> Dict[str, Any]:
        return self._control.fetch("GET", "clock")

    def _change(self, what: str, body: object = None) -> datetime:
        return times.parse(self._control.fetch("POST", f"clock/{what}", body)["now"])
