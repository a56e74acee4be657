"""The process of an emulator."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
import threading
import weakref
from typing import IO, Any, Dict, Sequence

from .errors import EmulatorError
from .ready import NotReady, read, remove_folder

#: The variables that the emulator reads its options from. Those of the developer are not used.
PREFIX = "AZURE_COMMUNICATION_EMULATOR_"
#: How many of the last lines of the log an error shows.
LINES = 20
#: How long an emulator may take to end, in seconds.
END = 10


class Process:
    """A process that serves an emulator. It ends with this process, however this one ends: then its stdin closes."""

    def __init__(self, arguments: Sequence[str], program: str, timeout: float) -> None:
        self.secret = secrets.token_hex(32)
        self._owner = os.getpid()
        # This file has no name, so a killed process leaves nothing.
        self._log: IO[bytes] = tempfile.TemporaryFile()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        # Other users can see arguments, but not variables.
        environment[f"{PREFIX}CONTROL_SECRET"] = self.secret
        command = [program, "emulator", "start", "--in-memory", "--port", "0", "--until-stdin-closes", *arguments]
        # A worker of pytest-xdist goes on for some seconds after the process that started it was killed.
        if "PYTEST_XDIST_WORKER" in os.environ and os.getppid() > 1:
            command += ["--parent-pid", str(os.getppid())]
        try:
            # In a session of its own, Ctrl-C does not end the emulator before the tests that use it.
            self._process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,
            )
        except OSError as error:
            self._log.close()
            raise EmulatorError(f"The program {program} cannot be started: {error}.") from error
        _running.add(self)
        # It also ends if nobody closes it: when it is no longer used, and at the end of Python.
        self.ready: Dict[str, Any] = {}
        self._finalizer = weakref.finalize(self, _stop, self._process, self._log, self._owner, self.ready)
        try:
            self.ready.update(self._wait(timeout))
        except BaseException:
            self.stop()
            raise

    def check(self, seconds: float = 1) -> None:
        """Raises an error if the process has ended, which is why a call has failed."""
        if os.getpid() != self._owner:
            return
        if not self._finalizer.alive:
            raise EmulatorError("The emulator was closed. Start another one.")
        try:
            # Its connections end a moment before the process does.
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        raise EmulatorError(f"The emulator ended with exit code {code}.{self._last_lines()}")

    def stop(self) -> None:
        """Stops it and waits for its end. In a process that was forked later, nothing happens."""
        if os.getpid() == self._owner:
            _running.discard(self)
            self._finalizer()

    def forget(self) -> None:
        """Closes its stdin in a forked process, so that the emulator does not wait for the end of that one."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _wait(self, timeout: float) -> Dict[str, Any]:
        """Returns the line with which it says that it is ready."""
        process, stdout = self._process, self._process.stdout
        assert stdout is not None
        too_late = threading.Event()

        # The timer must not keep `self`, which ends the emulator with its last reference.
        def kill() -> None:
            too_late.set()
            process.kill()

        timer = threading.Timer(timeout, kill)
        timer.daemon = True
        timer.start()
        try:
            line = stdout.readline()
        finally:
            timer.cancel()
            # A process with one thread can fork without a warning.
            timer.join()
            stdout.close()
        if line:
            try:
                return read(line)
            except NotReady as error:
                raise EmulatorError(f"The emulator {error}.{self._last_lines()}") from None
        code = self._process.wait()
        how = f"was not ready after {timeout:g} s" if too_late.is_set() else f"ended with exit code {code} at its start"
        raise EmulatorError(f"The emulator {how}.{self._last_lines()}")

    def _last_lines(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").splitlines()[-LINES:]
        return "".join(f"\n  {line}" for line in [" Its last output was:", *lines]) if lines else " It printed nothing."


#: The processes of this process, for `_forget_all`.
_running: weakref.WeakSet[Process] = weakref.WeakSet()


def _forget_all() -> None:
    for process in list(_running):
        process.forget()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def _stop(process: subprocess.Popen[bytes], log: IO[bytes], owner: int, ready: Dict[str, Any]) -> None:
    if os.getpid() != owner:
        return
    if process.stdin is not None:
        process.stdin.close()
    # The pipe may still be open in a process that copied it.
    process.terminate()
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.returncode < 0:
        remove_folder(ready, process.pid)
    log.close()
