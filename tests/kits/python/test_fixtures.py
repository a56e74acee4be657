"""The fixtures, with the official SDK."""

import asyncio
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest
from azure.communication.identity import CommunicationIdentityClient
from azure.communication.identity.aio import CommunicationIdentityClient as AsyncClient
from azure.core.exceptions import HttpResponseError, ServiceRequestError

PRESENT = timedelta(minutes=1)


@pytest.fixture(scope="session")
def client(acs_connection_string, acs_client_options):
    return CommunicationIdentityClient.from_connection_string(acs_connection_string, **acs_client_options)


async def create(connection_string, options):
    async with AsyncClient.from_connection_string(connection_string, **options) as client:
        return await client.create_user_and_token(["chat"])


def test_a_client_gets_tokens_that_are_active_until_they_are_revoked(client, acs_emulator):
    user, token = client.create_user_and_token(["chat"])
    assert acs_emulator.is_active(token.token)
    client.revoke_tokens(user)
    assert not acs_emulator.is_active(token.token)
    assert acs_emulator.inspect(token.token)["reason"] == "revoked"


def test_an_async_client_gets_tokens(acs_emulator, acs_connection_string, acs_client_options):
    _, token = asyncio.run(create(acs_connection_string, acs_client_options.aio))
    assert acs_emulator.is_active(token.token)


@pytest.fixture
def other_servers(monkeypatch, tmp_path):
    """The environment of a developer whose company has a proxy and an authority of its own."""
    (tmp_path / "other.pem").write_text("")
    for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]:
        monkeypatch.setenv(name, str(tmp_path / "other.pem"))
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"]:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ["NO_PROXY", "no_proxy"]:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("other_servers")
def test_proxies_and_bundles_of_the_environment_do_not_matter(acs_connection_string, acs_client_options, acs_clock):
    client = CommunicationIdentityClient.from_connection_string(acs_connection_string, **acs_client_options)
    client.create_user()
    asyncio.run(create(acs_connection_string, acs_client_options.aio))
    acs_clock.now()


def test_without_the_options_a_client_does_not_trust_the_emulator(acs_connection_string):
    client = CommunicationIdentityClient.from_connection_string(acs_connection_string, retry_total=0)
    with pytest.raises(ServiceRequestError, match="CERTIFICATE_VERIFY_FAILED"):
        client.create_user()
    with pytest.raises(ServiceRequestError, match="CERTIFICATE_VERIFY_FAILED"):
        asyncio.run(create(acs_connection_string, {"retry_total": 0}))


def test_a_token_expires_by_the_clock(client, acs_emulator, acs_clock):
    _, token = client.create_user_and_token(["chat"])
    acs_clock.advance(timedelta(hours=25))
    assert not acs_emulator.is_active(token.token)
    acs_clock.advance(-25 * 3600)
    assert acs_emulator.is_active(token.token)


def test_the_clock_is_set_and_frozen(acs_clock):
    time = datetime(2030, 1, 31, 9, 0, 0, 123456, tzinfo=timezone.utc)
    acs_clock.freeze()
    assert acs_clock.set(time) == acs_clock.now() == time and acs_clock.is_frozen
    acs_clock.resume()
    assert acs_clock.now() > time and not acs_clock.is_frozen
    assert abs(acs_clock.reset() - datetime.now(timezone.utc)) < PRESENT
    acs_clock.set(time)
    acs_clock.freeze()


def test_the_next_test_has_the_clock_of_before(acs_emulator):
    assert abs(acs_emulator.clock.now() - datetime.now(timezone.utc)) < PRESENT
    assert not acs_emulator.clock.is_frozen


def test_a_fault_hits_as_many_requests_as_it_says(client, acs_emulator, acs_faults):
    fault = acs_faults.add(
        "createIdentity", status=429, code="TooManyRequests", message="Later.", retry_after=0, times=2
    )
    client.create_user()
    assert acs_faults.get(fault).hits == 2
    statuses = [request["status"] for request in acs_emulator.requests(operation="createIdentity")]
    assert statuses[-3:] == [429, 429, 201]
    assert [request["fault"] for request in acs_emulator.requests(status=429)] == [fault.id, fault.id]


def test_the_next_test_has_no_fault(client, acs_emulator):
    assert acs_emulator.faults.list() == []
    client.create_user()


def test_faults_are_listed_and_deleted(client, acs_faults):
    user = client.create_user()
    first = acs_faults.add("issueAccessToken", status=503, identity=user.raw_id)
    second = acs_faults.add("issueAccessToken", token_expires_in=timedelta(seconds=-60), until=timedelta(minutes=5))
    assert acs_faults.list() == [first, second]
    assert first.rule == {"operation": "issueAccessToken", "status": 503, "identity": user.raw_id}
    acs_faults.delete(first)
    token = client.get_token(user, ["chat"])
    assert token.expires_on[:19] < datetime.now(timezone.utc).isoformat()[:19]
    acs_faults.clear()
    assert acs_faults.list() == []


def test_a_clock_and_faults_of_before_come_back(acs_emulator_factory):
    time = datetime(2030, 1, 31, tzinfo=timezone.utc)
    emulator = acs_emulator_factory(clock=time)
    kept = emulator.faults.add("createIdentity", status=500)
    with emulator.clock.restored() as clock, emulator.faults.restored() as faults:
        clock.freeze()
        faults.clear()
        faults.add(drop="after", method="DELETE")
    assert abs(emulator.clock.now() - time) < PRESENT and not emulator.clock.is_frozen
    assert [fault.rule for fault in emulator.faults.list()] == [kept.rule]
    emulator.clock.freeze()
    frozen = emulator.clock.now()
    with emulator.clock.restored() as clock:
        clock.resume()
        clock.advance(60)
    assert emulator.clock.now() == frozen and emulator.clock.is_frozen


CLOSED = []


def test_emulators_of_a_test_are_independent(acs_emulator, acs_emulator_factory, client):
    one, other = acs_emulator_factory(), acs_emulator_factory(clock=datetime(2040, 1, 1, tzinfo=timezone.utc))
    one.faults.add(status=503)
    of_other = CommunicationIdentityClient.from_connection_string(other.connection_string, **other.client_options)
    _, token = of_other.create_user_and_token(["chat"])
    assert token.expires_on.startswith("2040-01-02")
    assert other.is_active(token.token) and not acs_emulator.is_active(token.token)
    client.create_user()
    CLOSED.extend([one, other])


def test_emulators_of_a_test_end_with_it():
    from az_communication.testing import EmulatorError

    assert len(CLOSED) == 2
    for emulator in CLOSED:
        with pytest.raises(EmulatorError, match="closed. Start another one"):
            emulator.clock.now()


def test_an_app_in_another_process_reaches_it_by_variables(acs_emulator, other_servers):
    script = """if True:
        import os
        from azure.communication.identity import CommunicationIdentityClient
        text = os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"]
        print(CommunicationIdentityClient.from_connection_string(text).create_user().raw_id)
    """
    variables = {**os.environ, **acs_emulator.environment()}
    user = subprocess.run(
        [sys.executable, "-c", script], env=variables, check=True, capture_output=True, text=True
    ).stdout
    assert len(acs_emulator.requests(identity=user.strip())) == 1


def test_a_reset_makes_it_as_good_as_new(acs_emulator_factory):
    emulator = acs_emulator_factory()
    client = CommunicationIdentityClient.from_connection_string(emulator.connection_string, **emulator.client_options)
    user = client.create_user()
    emulator.faults.add(status=503)
    emulator.clock.set(datetime(2030, 1, 31, tzinfo=timezone.utc))
    emulator.reset()
    assert emulator.requests() == [] and emulator.faults.list() == []
    assert abs(emulator.clock.now() - datetime.now(timezone.utc)) < PRESENT
    with pytest.raises(HttpResponseError, match="doesn't exist"):
        client.get_token(user, ["chat"])
