"""The official Python SDK against the emulator, with the access key and without: by managed identity and client secret."""

import asyncio
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import azure.identity
import azure.identity.aio
import jwt
import pytest
from azure.communication.identity import (
    CommunicationIdentityClient,
    CommunicationTokenScope,
    CommunicationUserIdentifier,
)
from azure.communication.identity.aio import CommunicationIdentityClient as AsyncClient
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

from conftest import APP_ID, CONNECTION_STRING, ENDPOINT, USER_ID

OTHER_USER = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000"


# The credentials use only the variables that `emulator run` sets.
CREDENTIALS = {
    "managed identity": lambda module: module.ManagedIdentityCredential(),
    "client secret": lambda module: module.EnvironmentCredential(),
    "default": lambda module: module.DefaultAzureCredential(),
}
WAYS = ["key", *CREDENTIALS]


@pytest.fixture(scope="session", params=WAYS)
def client(request):
    if request.param == "key":
        return CommunicationIdentityClient.from_connection_string(CONNECTION_STRING)
    return CommunicationIdentityClient(ENDPOINT, CREDENTIALS[request.param](azure.identity))


def test_create_user(client):
    user = client.create_user()
    assert user.raw_id.startswith("8:acs:")
    assert user.properties["id"] == user.raw_id


def test_ids_sort_by_time(client):
    first = client.create_user().raw_id
    time.sleep(0.002)
    assert first < client.create_user().raw_id


def test_create_user_and_token(client, verify, is_active):
    scopes = [CommunicationTokenScope.VOIP, CommunicationTokenScope.CHAT]
    user, token = client.create_user_and_token(scopes)
    claims = verify(token.token)
    assert claims["skypeid"] == user.raw_id.removeprefix("8:")
    assert claims["acsScope"] == "voip,chat"
    assert claims["scp"] == 1792
    assert claims["exp"] - claims["iat"] == 86400
    assert claims["csi"] == str(claims["iat"])
    assert is_active(token.token)


def test_a_changed_byte_is_noticed(client, verify, is_active):
    _, token = client.create_user_and_token(["chat"])
    header, payload, signature = token.token.split(".")
    changed = payload[:-1] + ("A" if payload[-1] != "A" else "B")
    with pytest.raises(jwt.InvalidTokenError):
        verify(".".join([header, changed, signature]))
    assert not is_active(".".join([header, changed, signature]))


@pytest.mark.parametrize("minutes", [60, 90, 1440])
def test_expiry(client, verify, minutes):
    user = client.create_user()
    token = client.get_token(user, ["chat"], token_expires_in=timedelta(minutes=minutes))
    claims = verify(token.token)
    assert claims["exp"] - claims["iat"] == minutes * 60
    expected = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    assert abs((datetime.fromisoformat(token.expires_on[:19] + "+00:00") - expected).total_seconds()) < 10


@pytest.mark.parametrize("minutes", [59, 1441])
def test_expiry_out_of_range(client, minutes):
    with pytest.raises(HttpResponseError, match=f"ExpiresInMinutes value {minutes} is invalid") as refused:
        client.create_user_and_token(["chat"], token_expires_in=timedelta(minutes=minutes))
    assert refused.value.status_code == 400
    assert refused.value.error.code == "ValidationError"


def test_get_token_with_all_scopes(client, verify):
    user = client.create_user()
    scopes = ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]
    assert verify(client.get_token(user, scopes).token)["acsScope"] == ",".join(scopes)


def test_no_scopes(client):
    user = client.create_user()
    with pytest.raises(HttpResponseError, match="The Scopes field is required"):
        client.get_token(user, None)


def test_revoke(client, is_active):
    user, before = client.create_user_and_token(["chat"])
    client.revoke_tokens(user)
    assert not is_active(before.token)
    after = client.get_token(user, ["chat"])
    assert is_active(after.token)
    assert not is_active(before.token)
    client.revoke_tokens(user)
    assert not is_active(after.token)


def test_delete(client, is_active):
    user, token = client.create_user_and_token(["chat"])
    client.delete_user(user)
    assert not is_active(token.token)
    with pytest.raises(ResourceNotFoundError, match="Provided identity doesn't exist."):
        client.get_token(user, ["chat"])


@pytest.mark.parametrize("act", ["delete_user", "revoke_tokens"])
def test_user_of_another_resource(client, act):
    with pytest.raises(ClientAuthenticationError, match="doesn't belong to the resource") as refused:
        getattr(client, act)(CommunicationUserIdentifier(OTHER_USER))
    assert refused.value.error.code == "IdentityNotOwned"


def test_wrong_key():
    wrong = CONNECTION_STRING.split(";accesskey=")[0] + ";accesskey=d3Jvbmcga2V5"
    with pytest.raises(ClientAuthenticationError, match="Denied by the resource provider.") as refused:
        CommunicationIdentityClient.from_connection_string(wrong).create_user()
    assert refused.value.error.code == "Denied"


def test_teams_exchange(client, verify, entra_token):
    aad_token = entra_token("--expires-in", "73m")
    token = client.get_token_for_teams_user(aad_token, APP_ID, USER_ID)
    claims = verify(token.token)
    aad_claims = jwt.decode(aad_token, options={"verify_signature": False})
    assert claims["exp"] == aad_claims["exp"]
    assert claims["skypeid"] == f"orgid:{USER_ID}"
    assert claims["scp"] == 1024
    assert claims["aad_appid"] == APP_ID
    assert "resourceLocation" not in claims


@pytest.mark.parametrize(
    "options", [("--expires-in=-1m",), ("--audience", "https://graph.microsoft.com"), ("--scopes", "Teams.ManageCalls")]
)
def test_teams_exchange_of_a_bad_token(client, entra_token, options):
    with pytest.raises(ClientAuthenticationError, match="Provided access token is not valid.") as refused:
        client.get_token_for_teams_user(entra_token(*options), APP_ID, USER_ID)
    assert refused.value.error.code == "InvalidAccessToken"


def test_teams_exchange_alg_none(client, entra_token):
    _, payload, _ = entra_token().split(".")
    header = jwt.utils.base64url_encode(b'{"alg":"none","typ":"JWT"}').decode()
    with pytest.raises(ClientAuthenticationError):
        client.get_token_for_teams_user(f"{header}.{payload}.", APP_ID, USER_ID)


@pytest.mark.parametrize(
    ("app", "user", "message"),
    [
        ("invalid", USER_ID, "Provided AppId has invalid format."),
        (USER_ID, USER_ID, "AAD application is not the expected one."),
        (APP_ID, "invalid", "Provided UserId has invalid format."),
        (APP_ID, APP_ID, "Provided AAD token issued for unexpected user."),
        ("", USER_ID, "AppId: The AppId field is required."),
        (APP_ID, "", "UserId: The UserId field is required."),
    ],
)
def test_teams_exchange_of_another(client, entra_token, app, user, message):
    with pytest.raises(HttpResponseError, match=message) as refused:
        client.get_token_for_teams_user(entra_token(), app, user)
    assert refused.value.status_code == 400


def test_imds():
    """Without App Service's variables, a managed identity asks the virtual machine's endpoint."""
    command = [sys.executable, "-c", IMDS_SCRIPT]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDENTITY_")}
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    assert printed.startswith("8:acs:")


IMDS_SCRIPT = f"""
from azure.communication.identity import CommunicationIdentityClient
from azure.identity import ManagedIdentityCredential
print(CommunicationIdentityClient({ENDPOINT!r}, ManagedIdentityCredential()).create_user().raw_id)
"""


def test_device_code():
    """The default user signs in immediately."""
    credential = azure.identity.DeviceCodeCredential(
        client_id=os.environ["AZURE_CLIENT_ID"], tenant_id="adfs", prompt_callback=lambda *_: None
    )
    token = credential.get_token("https://communication.azure.com/clients/Chat")
    claims = jwt.decode(token.token, options={"verify_signature": False})
    assert claims["aud"] == "https://communication.azure.com/clients"
    assert claims["scp"] == "Chat"


def test_wrong_client_secret():
    credential = azure.identity.ClientSecretCredential("adfs", os.environ["AZURE_CLIENT_ID"], "wrong")
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        credential.get_token("https://communication.azure.com//.default")


def test_token_for_another_audience():
    class Graph:
        def get_token(self, *scopes, **options):
            return azure.identity.ManagedIdentityCredential().get_token("https://graph.microsoft.com/.default")

    with pytest.raises(ClientAuthenticationError, match="Denied by the resource provider."):
        CommunicationIdentityClient(ENDPOINT, Graph()).create_user()


@pytest.mark.parametrize("way", WAYS)
def test_async(verify, entra_token, way):
    def connect():
        if way == "key":
            return AsyncClient.from_connection_string(CONNECTION_STRING)
        return AsyncClient(ENDPOINT, CREDENTIALS[way](azure.identity.aio))

    async def run():
        async with connect() as client:
            user, token = await client.create_user_and_token(["chat"])
            verify(token.token)
            verify((await client.get_token(user, ["voip"])).token)
            await client.revoke_tokens(user)
            await client.delete_user(user)
            verify((await client.get_token_for_teams_user(entra_token(), APP_ID, USER_ID)).token)

    asyncio.run(run())
