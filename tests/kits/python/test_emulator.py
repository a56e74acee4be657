"""`Emulator` without the fixtures: options, ends, errors."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest
from az_communication.testing import ControlError, Emulator, EmulatorError, program
from azure.communication.identity import CommunicationIdentityClient
from azure.core.exceptions import HttpResponseError

from conftest import is_open, wait_until_nothing_is_left


def client_of(emulator, **options):
    options = {**emulator.client_options, **options}
    return CommunicationIdentityClient.from_connection_string(emulator.connection_string, **options)


def test_a_seed_with_an_access_key_of_its_own(tmp_path):
    (tmp_path / "seed.yaml").write_text(
        "keys: {primary: c2VjcmV0LWtleS1vZi10aGUtdGVzdHM=}\nidentities: [{customId: ann}]\n"
    )
    with Emulator(seed=tmp_path / "seed.yaml") as emulator:
        assert emulator.connection_string == f"endpoint={emulator.endpoint}/;accesskey=c2VjcmV0LWtleS1vZi10aGUtdGVzdHM="
        client_of(emulator).create_user()


def test_a_revocation_can_take_a_while():
    with Emulator(revocation_delay=timedelta(minutes=1)) as emulator:
        emulator.clock.freeze()
        user, token = client_of(emulator).create_user_and_token(["chat"])
        client_of(emulator).revoke_tokens(user)
        assert emulator.is_active(token.token)
        emulator.clock.advance(61)
        assert not emulator.is_active(token.token)


def test_variables_of_the_developer_are_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("AZURE_COMMUNICATION_EMULATOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AZURE_COMMUNICATION_EMULATOR_PORT", "1")
    with Emulator() as emulator:
        emulator.clock.now()
    assert not (tmp_path / "data").exists()


def test_threads_share_an_emulator():
    users = []
    with Emulator() as emulator:
        threads = [threading.Thread(target=lambda: users.append(client_of(emulator).create_user())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({user.raw_id for user in users}) == 8


def test_it_ends_with_its_last_reference():
    emulator = Emulator()
    endpoint = emulator.endpoint
    assert is_open(endpoint)
    del emulator
    gc.collect()
    assert not is_open(endpoint)


def test_a_forked_process_does_not_end_it():
    with Emulator() as emulator:
        child = os.fork()
        if child == 0:
            emulator.close()
            emulator.clock.freeze()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert emulator.clock.is_frozen


FORKS = """if True:
    import os, time
    from az_communication.testing import Emulator
    emulator = Emulator()
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    print(emulator.endpoint, flush=True)
    time.sleep(60)
"""


def test_a_forked_process_does_not_keep_it_when_the_first_one_is_killed(own_tmp):
    variables = {**os.environ, "TMPDIR": str(own_tmp)}
    process = subprocess.Popen(
        [sys.executable, "-c", FORKS], env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    endpoint = process.stdout.readline().strip()
    assert is_open(endpoint)
    process.kill()
    wait_until_nothing_is_left(own_tmp, [endpoint])
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_the_first_test_is_ready_within_500_ms():
    script = """if True:
        import time
        start = time.monotonic()
        from az_communication.testing import Emulator
        with Emulator() as emulator:
            emulator.clock.now()
            print(time.monotonic() - start)
    """
    measured = []
    # Other tests may use the processors at the same time, so the start is measured until the machine had time for it.
    while min(measured, default=1) >= 0.5 and len(measured) < 30:
        measured.append(float(subprocess.check_output([sys.executable, "-c", script])))
    print(f"ready after {[round(seconds * 1000) for seconds in measured]} ms")
    assert min(measured) < 0.5, measured


def test_a_program_that_is_missing(monkeypatch):
    with pytest.raises(EmulatorError, match="^The program /nowhere/az cannot be started: .*No such file"):
        Emulator(program="/nowhere/az")
    assert program.find() == os.path.join(sys.prefix, "bin", "az-communication")
    monkeypatch.setattr(program, "NAME", "az-nowhere")
    with pytest.raises(EmulatorError, match="not found, .* pip install --force-reinstall"):
        Emulator()


def test_an_emulator_that_ends_at_its_start_shows_its_output():
    with pytest.raises(EmulatorError, match=r"(?s)exit code 1 at its start.*--seed names '/nowhere'"):
        Emulator(seed="/nowhere")


def test_an_emulator_that_is_not_ready_in_time_is_ended(tmp_path):
    (tmp_path / "slow").write_text("#!/bin/sh\necho so slow >&2\nexec sleep 60\n")
    (tmp_path / "slow").chmod(0o755)
    started = time.monotonic()
    with pytest.raises(EmulatorError, match=r"(?s)was not ready after 0.3 s.*so slow"):
        Emulator(program=tmp_path / "slow", start_timeout=0.3)
    assert time.monotonic() - started < 10


def test_an_emulator_that_was_killed():
    with Emulator() as emulator:
        os.kill(emulator.pid, signal.SIGKILL)
        with pytest.raises(EmulatorError, match="ended with exit code -9. It printed nothing."):
            emulator.clock.now()
        with pytest.raises(EmulatorError, match="ended with exit code -9."):
            emulator.clock.now()


def test_what_the_emulator_refuses():
    with Emulator() as emulator:
        with pytest.raises(ControlError, match=r"'createUser'. Did you mean 'createIdentity'\?") as refused:
            emulator.faults.add("createUser", status=429)
        assert (refused.value.status, refused.value.code) == (400, "ValidationError")
        with pytest.raises(ValueError, match="no time zone.*timezone.utc"):
            emulator.clock.set(datetime(2030, 1, 1))
        with pytest.raises(ValueError, match="whole number of seconds, but it is 1.5"):
            emulator.clock.advance(1.5)


def test_a_wrong_value_is_named_and_what_is_possible():
    with Emulator() as emulator:
        for add in [{"retry_after": "2s"}, {"delay": "2s"}, {"shift": "2s"}, {"token_expires_in": "2s"}]:
            (name,) = add
            with pytest.raises(TypeError, match=f"^{name} must be a timedelta, or a number of seconds, but it is '2s'"):
                emulator.faults.add(status=429, **add)
        with pytest.raises(TypeError, match="a timedelta, or a number of seconds, but it is '2h'"):
            emulator.clock.advance("2h")
        with pytest.raises(TypeError, match="^The time must be a datetime, but it is '2030-01-31'. Write datetime"):
            emulator.clock.set("2030-01-31")
        _, token = client_of(emulator).create_user_and_token(["chat"])
        for ask in [emulator.is_active, emulator.inspect]:
            with pytest.raises(TypeError, match="it is AccessToken. get_token.. returns an object: pass its member tok"):
                ask(token)
        for wrong in [7, {"raw_id": "8:acs:1"}, (None, token)]:
            with pytest.raises(TypeError, match="^An identity must be a raw id, .* but it is (int|dict|tuple)"):
                emulator.requests(identity=wrong)
            with pytest.raises(TypeError, match="the user that create_user.. returned"):
                emulator.faults.add(identity=wrong, status=503)


def test_a_user_of_the_sdk_is_an_identity():
    with Emulator() as emulator:
        client = client_of(emulator)
        ann, bob = client.create_user(), client.create_user()
        emulator.faults.add(identity=ann, status=403)
        with pytest.raises(HttpResponseError):
            client.get_token(ann, ["chat"])
        client.get_token(bob, ["chat"])
        requests = emulator.requests(identity=ann)
        assert [request["status"] for request in requests] == [201, 403]
        assert emulator.requests(last=1) == emulator.requests(after=requests[-1]["number"])


def test_a_429_without_retry_after_is_not_repeated_for_a_creation():
    with Emulator() as emulator:
        client = client_of(emulator, retry_backoff_factor=0.001)
        for status, requests in [(429, 1), (503, 4)]:
            emulator.reset()
            emulator.faults.add("createIdentity", status=status)
            with pytest.raises(HttpResponseError):
                client.create_user()
            assert len(emulator.requests()) == requests


def test_rate_limits():
    with Emulator(throttle=True) as emulator:
        client = client_of(emulator, retry_total=0)
        user = client.create_user()
        with pytest.raises(HttpResponseError, match="Too many requests"):
            for _ in range(1001):
                client.revoke_tokens(user)


def test_an_emulator_of_the_past():
    with Emulator(clock=datetime(2020, 5, 5, tzinfo=timezone(timedelta(hours=2)))) as emulator:
        _, token = client_of(emulator).create_user_and_token(["chat"])
        assert token.expires_on.startswith("2020-05-05T22:00:0")
