"""What `Emulator` says, and what it leaves, if something is wrong with the machine, its options, or the emulator."""

import os
import signal

import pytest
from az_communication.testing import Emulator, EmulatorError, control, process


def test_a_folder_for_temporary_files_that_cannot_be_used_is_named(monkeypatch):
    monkeypatch.setenv("TMPDIR", "/nonexistent")
    with pytest.raises(EmulatorError, match=r"(?s)no file with its certificate.*in TMPDIR.*WARNING: .*/nonexistent"):
        Emulator()


def test_paths_are_absolute_also_if_the_folder_for_temporary_files_is_not(monkeypatch, tmp_path):
    (tmp_path / "relative").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", "relative")
    with Emulator() as emulator:
        monkeypatch.chdir("/")
        variables = emulator.environment()
        for path in [emulator.ca_certificate, variables["SSL_CERT_FILE"], variables["NODE_EXTRA_CA_CERTS"]]:
            assert os.path.isabs(path) and os.path.exists(path)


def test_a_program_without_a_ready_line_is_ended(tmp_path):
    (tmp_path / "other").write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\necho '[1]'\nexec cat\n")
    (tmp_path / "other").chmod(0o755)
    with pytest.raises(EmulatorError, match="printed something else than its ready line") as raised:
        Emulator(program=tmp_path / "other")
    # The error keeps all objects of the start, so the emulator was not ended with its last reference.
    assert raised.value.__traceback__ is not None
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize("options", [["-o", "tsv"], ["-otsv"], ["--output=none"], ["--query", "endpoint"], ["--help"]])
def test_options_that_change_the_ready_line_are_refused(options):
    with pytest.raises(ValueError, match=f"^options has '{options[0]}', which changes what the emulator prints"):
        Emulator(options=options)


def test_options_are_a_list():
    with pytest.raises(TypeError, match="^options must be a list, .* but it is '--throttle'"):
        Emulator(options="--throttle")


def test_a_negative_revocation_delay_is_named():
    with pytest.raises(EmulatorError, match="--revocation-delay must be a duration from 0s to 15m, but it is '-5s'"):
        Emulator(revocation_delay=-5)


def test_the_folder_of_an_emulator_that_was_killed_is_removed():
    with Emulator() as emulator:
        os.kill(emulator.pid, signal.SIGKILL)
    assert not os.path.exists(os.path.dirname(emulator.ca_certificate))


def test_an_emulator_that_does_not_react_is_killed_and_its_folder_is_removed(monkeypatch):
    monkeypatch.setattr(control, "TIMEOUT", 0.2)
    monkeypatch.setattr(process, "END", 0.2)
    with Emulator() as emulator:
        os.kill(emulator.pid, signal.SIGSTOP)
        with pytest.raises(EmulatorError, match="GET /emulator/clock: there was no answer within 0.2 s.$"):
            emulator.clock.now()
    with pytest.raises(ProcessLookupError):
        os.kill(emulator.pid, 0)
    assert not os.path.exists(os.path.dirname(emulator.ca_certificate))
