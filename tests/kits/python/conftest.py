"""Helpers of the suites. `suites/` has the suites that a test runs by another pytest."""

import os
import pathlib
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest

collect_ignore = ["suites", "run.py"]
SUITES = pathlib.Path(__file__).parent / "suites"


def run_pytest(suite, *words, **variables):
    """Runs pytest in a folder of its own and returns the ended process."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *words]
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=SUITES / suite, env=environment, capture_output=True, text=True)


def is_open(endpoint):
    address = urlsplit(endpoint)
    try:
        with socket.create_connection((address.hostname, address.port)) as connection:
            # A connection to a free port can be one to itself.
            return connection.getsockname()[1] != address.port
    except ConnectionRefusedError:
        return False


def emulators(folder):
    """Returns the processes that have their temporary files in a folder."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            variables, arguments = (process / "environ").read_bytes(), (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"TMPDIR={folder}\0".encode() in variables and b"emulator\0start" in arguments:
            found.append(int(process.name))
    return found


def wait_until_nothing_is_left(folder, endpoints, seconds=5):
    """Waits until no process, no folder and no open port is left, or fails after five seconds."""
    end = time.monotonic() + seconds
    while True:
        left = [*emulators(folder), *pathlib.Path(folder).iterdir(), *filter(is_open, endpoints)]
        if not left:
            return
        assert time.monotonic() < end, left
        time.sleep(0.02)


@pytest.fixture
def own_tmp(tmp_path):
    """A folder for the temporary files of another process."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder
