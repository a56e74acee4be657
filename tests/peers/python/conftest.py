"""Helpers of the suites. They find the emulator of `az communication emulator run` only by its variables."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import urllib.parse
import urllib.request
from email.utils import formatdate

import jwt
import pytest

CONNECTION_STRING = os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"]
ENDPOINT = os.environ["AZURE_COMMUNICATION_ENDPOINT"]

APP_ID = "22222222-2222-2222-2222-222222222222"
USER_ID = "11111111-1111-1111-1111-111111111111"


def get_json(path):
    with urllib.request.urlopen(ENDPOINT + path) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def verify():
    """Verifies a token with PyJWT against the published keys."""
    metadata = get_json("/.well-known/openid-configuration")
    keys = jwt.PyJWKSet.from_dict(get_json(metadata["jwks_uri"].removeprefix(ENDPOINT)))

    def verify(token):
        key = keys[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(token, key, algorithms=["RS256"])

    return verify


@pytest.fixture(scope="session")
def entra_token():
    def entra_token(*options):
        command = ["az", "communication", "emulator", "entra-token", "--oid", USER_ID, "--appid", APP_ID, *options]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    return entra_token


@pytest.fixture(scope="session")
def is_active():
    """Asks the emulator whether a token is active, with a request that is signed by hand."""
    parts = dict(part.split("=", 1) for part in CONNECTION_STRING.split(";"))
    host = ENDPOINT.removeprefix("https://")
    key = base64.b64decode(parts["accesskey"])

    def is_active(token):
        body = urllib.parse.urlencode({"token": token}).encode()
        date = formatdate(usegmt=True)
        body_hash = base64.b64encode(hashlib.sha256(body).digest()).decode()
        text = f"POST\n/introspect\n{date};{host};{body_hash}"
        signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "x-ms-date": date,
            "x-ms-content-sha256": body_hash,
            "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
        }
        request = urllib.request.Request(f"{ENDPOINT}/introspect", data=body, headers=headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["active"]

    return is_active
