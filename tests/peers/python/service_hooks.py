"""Schemathesis hooks for the service."""

import subprocess

import requests
import schemathesis

import answers  # noqa: F401
import valid
from credentials import ENDPOINT, Bearer, Signature

USER = "11111111-1111-1111-1111-111111111111"
APPLICATION = "22222222-2222-2222-2222-222222222222"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"


def entra_token(*options):
    command = ["az", "communication", "emulator", "entra-token", "--oid", USER, "--appid", APPLICATION, *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def put(path, body):
    # This version has all kinds of assignments.
    url = f"{ENDPOINT}{path}?api-version=2025-03-02-preview"
    requests.put(url, json=body, auth=Signature()).raise_for_status()


# The exchanges need assignments of the user.
CLIENTS = {"principalType": "user", "clientIds": [APPLICATION]}
put(f"/access/teamsExtension/tenants/{TENANT}/assignments/{USER}", CLIENTS)
put(f"/access/entra/assignments/{USER}", CLIENTS | {"tenantId": TENANT})


def user_token(audience, scope):
    return Bearer(entra_token("--audience", audience, "--scopes", scope))


# Schemathesis leaves the credential out where it tests requests without one. The exchanges are authenticated by the
# token of the user.
set_credential = schemathesis.auth.set_from_requests
set_credential(user_token("https://auth.msft.communication.azure.com", "TeamsExtension.ManageCalls")).apply_to(
    path="/access/teamsExtension/:exchangeAccessToken"
)
set_credential(user_token("https://communication.azure.com/clients", "Chat")).apply_to(
    path="/access/entra/:exchangeAccessToken"
)
set_credential(Signature())

TEAMS_USER = {"token": entra_token(), "appId": APPLICATION, "userId": USER}


@valid.change("/teamsUser/:exchangeAccessToken")
def exchange_a_token_of_the_emulator(case):
    case.body = TEAMS_USER
