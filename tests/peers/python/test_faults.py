"""The official SDK under faults of the emulator: what it promises, and what the service has done."""

import json
import subprocess
import time
from datetime import datetime, timezone

import pytest
from azure.communication.identity import CommunicationIdentityClient, CommunicationTokenScope
from azure.core.exceptions import HttpResponseError, ServiceResponseError

from conftest import CONNECTION_STRING


def emulator(*words):
    command = ["az", "communication", "emulator", *words, "-o", "json"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(said) if said else None


@pytest.fixture(autouse=True)
def empty():
    """Each test begins and ends without faults, and with an empty list of requests."""
    emulator("request", "clear")
    yield
    emulator("fault", "clear")


def client(**options):
    return CommunicationIdentityClient.from_connection_string(CONNECTION_STRING, **options)


def statuses():
    """The statuses of the service's operations, in their order."""
    return [request["status"] for request in emulator("request", "list") if "emulator" not in request["path"]]


def test_after_429_the_sdk_waits_as_long_as_retry_after_says():
    user = client().create_user()
    emulator("fault", "add", "--operation", "issueAccessToken", "--status", "429", "--retry-after", "1", "--times", "2")
    started = time.monotonic()
    token = client().get_token(user, [CommunicationTokenScope.CHAT])
    assert time.monotonic() - started >= 2
    assert token.token and statuses() == [201, 429, 429, 200]


def test_without_retry_after_the_sdk_does_not_send_a_creation_again():
    emulator("fault", "add", "--operation", "createIdentity", "--status", "429", "--code", "TooManyRequests")
    with pytest.raises(HttpResponseError) as refusal:
        client().create_user()
    assert refusal.value.status_code == 429
    assert statuses() == [429]


def test_an_identity_exists_although_the_connection_ended_after_it_was_created():
    before = emulator("status")["identities"]
    emulator("fault", "add", "--operation", "createIdentity", "--drop", "after", "--times", "1")
    with pytest.raises(ServiceResponseError, match="without response"):
        client(retry_total=0).create_user()
    assert emulator("status")["identities"] == before + 1


def test_no_identity_exists_if_the_connection_ended_before():
    before = emulator("status")["identities"]
    emulator("fault", "add", "--operation", "createIdentity", "--drop", "before", "--times", "1")
    with pytest.raises(ServiceResponseError, match="without response"):
        client(retry_total=0).create_user()
    assert emulator("status")["identities"] == before


def test_an_issued_token_can_have_expired(is_active):
    user = client().create_user()
    emulator("fault", "add", "--operation", "issueAccessToken", "--token-expires-in=-1m", "--times", "1")
    token = client().get_token(user, [CommunicationTokenScope.CHAT])
    # The SDK passes on the text of the service, with seven decimals.
    expires_on = datetime.fromisoformat(token.expires_on[:19]).replace(tzinfo=timezone.utc)
    assert expires_on < datetime.now(timezone.utc)
    assert not is_active(token.token)
