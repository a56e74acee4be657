"""Schemathesis hooks. They sign the final form of every request as the service requires."""

import base64
import hashlib
import hmac
import os
import subprocess
from email.utils import formatdate
from urllib.parse import urlsplit

import requests.auth
import schemathesis

CONNECTION_STRING = os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"]
KEY = base64.b64decode(CONNECTION_STRING.split(";accesskey=")[1])


class Signature(requests.auth.AuthBase):
    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        date, host = formatdate(usegmt=True), urlsplit(request.url).netloc
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        text = f"{request.method}\n{request.path_url}\n{date};{host};{digest}"
        signature = base64.b64encode(hmac.new(KEY, text.encode(), hashlib.sha256).digest()).decode()
        request.headers["x-ms-date"] = date
        request.headers["x-ms-content-sha256"] = digest
        request.headers["Authorization"] = (
            f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        )
        return request


class EntraUser(requests.auth.AuthBase):
    """The exchanges are authenticated by the user's token instead."""

    def __init__(self, audience, scope):
        command = ["az", "communication", "emulator", "entra-token"]
        command += ["--oid", "11111111-1111-1111-1111-111111111111"]
        command += ["--appid", "22222222-2222-2222-2222-222222222222"]
        command += ["--audience", audience, "--scopes", scope]
        self.token = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


SIGNATURE = Signature()
EXCHANGES = {
    "/access/teamsExtension/:exchangeAccessToken": EntraUser(
        "https://auth.msft.communication.azure.com", "TeamsExtension.ManageCalls"
    ),
    "/access/entra/:exchangeAccessToken": EntraUser("https://communication.azure.com/clients", "Chat"),
}


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs["auth"] = EXCHANGES.get(case.operation.path, SIGNATURE)
