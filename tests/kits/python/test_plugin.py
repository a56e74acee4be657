"""The plugin: what it does if nobody needs it, and with other versions and plugins."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import az_communication
import pytest
from conftest import SUITES, is_open, run_pytest, wait_until_nothing_is_left

PACKAGE = Path(az_communication.__file__).parent


def test_it_is_inert_until_a_fixture_is_asked_for():
    ended = run_pytest("inert", "-p", "watch")
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.splitlines()[-3:-1] == [
        "modules: az_communication az_communication.pytest_plugin",
        "processes: none",
    ], ended.stdout


def test_the_watch_of_that_test_sees_a_fixture():
    ended = run_pytest("inert", "-p", "watch", "asks.py")
    assert "az_communication.testing.emulator" in ended.stdout and "processes: subprocess.Popen" in ended.stdout


def test_the_rest_needs_nothing_but_the_standard_library(tmp_path):
    (tmp_path / "az_communication").symlink_to(PACKAGE)
    script = """if True:
        import sys
        sys.path.insert(0, sys.argv[1])
        from az_communication.testing import Emulator
        with Emulator() as emulator:
            emulator.faults.add(status=503)
            assert not emulator.is_active("no token")
        assert not {"pytest", "azure", "requests"} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-S", "-c", script, str(tmp_path)], check=True)


def test_a_project_can_name_the_plugin():
    for variables in [{}, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}]:
        ended = run_pytest("own", "-p", "az_communication.pytest_plugin", **variables)
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_an_old_pytest_is_named():
    ended = run_pytest("old", "-p", "pretend")
    assert "need pytest 7.0 or newer, and this is pytest 6.2.5. Update it: pip install --upgrade pytest" in ended.stdout
    assert "1 passed, 1 error" in ended.stdout


def test_a_project_can_set_the_options_of_the_shared_emulator():
    ended = run_pytest("own")
    assert ended.returncode == 0, ended.stdout


def test_fifty_tests_on_four_workers(tmp_path, own_tmp):
    """Ten with a clock of their own, ten with faults, one that fails, and one whose worker is killed."""
    record = tmp_path / "record"
    record.mkdir()
    words = ["-n4", f"--basetemp={tmp_path / 'pytest'}"]
    ended = run_pytest("fifty", *words, TMPDIR=str(own_tmp), RECORD=str(record))
    endpoints = {line for file in record.iterdir() for line in file.read_text().split()}
    wait_until_nothing_is_left(own_tmp, endpoints)
    failed = {line.split()[1].split("::")[1] for line in ended.stdout.splitlines() if line.startswith("FAILED")}
    assert failed == {"test_fails", "test_is_killed"}, ended.stdout
    assert "2 failed, 48 passed" in ended.stdout, ended.stdout
    # Each worker has one emulator, and five tests start one of their own.
    assert len(endpoints) == len(list(record.iterdir())) + 5, endpoints


@pytest.mark.parametrize("words", [[], ["-n1"]])
def test_a_pytest_that_is_killed_leaves_nothing(tmp_path, own_tmp, words):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-q",
        f"--basetemp={tmp_path / 'pytest'}",
        *words,
    ]
    variables = {**os.environ, "TMPDIR": str(own_tmp), "RECORD": str(pipe)}
    process = subprocess.Popen(
        command, cwd=SUITES / "killed", env=variables, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        endpoints = pipe.read_text().split()
        assert len(endpoints) == 2 and all(map(is_open, endpoints)) and any(own_tmp.iterdir())
        process.kill()
        process.wait()
        wait_until_nothing_is_left(own_tmp, endpoints)
    finally:
        # A worker of pytest-xdist may still be there.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def test_mypy_has_nothing_to_say(tmp_path):
    (tmp_path / "py.typed").write_text("")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "-p", "az_communication"]
    ended = subprocess.run([*command, "-p", "typed"], cwd=SUITES, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout
