import os
import signal
from datetime import datetime, timedelta, timezone

import pytest
from azure.communication.identity import CommunicationIdentityClient
from azure.core.exceptions import HttpResponseError, ServiceResponseError


@pytest.mark.parametrize("number", range(28))
def test_plain(client, acs_emulator, number):
    user, token = client.create_user_and_token(["chat"])
    assert token.expires_on[:4] in {str(datetime.now(timezone.utc).year + more) for more in (0, 1)}
    assert acs_emulator.is_active(token.token)
    client.delete_user(user)
    assert not acs_emulator.is_active(token.token)


@pytest.mark.parametrize("year", range(2030, 2035))
def test_clock(client, acs_emulator, acs_clock, year):
    acs_clock.set(datetime(year, 3, 1, tzinfo=timezone.utc))
    _, token = client.create_user_and_token(["chat"])
    assert token.expires_on.startswith(f"{year}-03-02")
    acs_clock.advance(timedelta(hours=25))
    assert not acs_emulator.is_active(token.token)


@pytest.mark.parametrize("year", range(2040, 2045))
def test_own_emulator(acs_emulator_factory, record, year):
    emulator = acs_emulator_factory(clock=datetime(year, 3, 1, tzinfo=timezone.utc))
    record(emulator)
    client = CommunicationIdentityClient.from_connection_string(emulator.connection_string, **emulator.client_options)
    _, token = client.create_user_and_token(["chat"])
    assert token.expires_on.startswith(f"{year}-03-02")
    assert emulator.is_active(token.token)


def test_fails(client):
    assert client.create_user().raw_id == "8:acs:another"


def test_is_killed(client):
    client.create_user()
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("status", range(500, 505))
def test_fault(client, acs_faults, status):
    acs_faults.add("createIdentity", status=status, times=1)
    with pytest.raises(HttpResponseError) as refused:
        client.create_user()
    assert refused.value.status_code == status
    client.create_user()


@pytest.mark.parametrize("number", range(5))
def test_drop(client, acs_emulator, acs_faults, number):
    fault = acs_faults.add("createIdentity", drop="after")
    with pytest.raises(ServiceResponseError):
        client.create_user()
    assert acs_faults.get(fault).hits == 1
    assert len(acs_emulator.requests(status="dropped")) >= 1
