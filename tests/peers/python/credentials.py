"""The credentials of the requests that Schemathesis sends, and where the emulator is."""

import base64
import hashlib
import hmac
import os
from email.utils import formatdate
from urllib.parse import urlsplit

import requests.auth

ENDPOINT = os.environ["AZURE_COMMUNICATION_ENDPOINT"]


class Bearer(requests.auth.AuthBase):
    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def control_secret():
    """No operation of the control API changes this secret."""
    return Bearer(os.environ["AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET"])


class Signature(requests.auth.AuthBase):
    """Signs the final form of a request as the service requires."""

    def __init__(self):
        connection_string = os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"]
        self.key = base64.b64decode(connection_string.split(";accesskey=")[1])

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        date, host = formatdate(usegmt=True), urlsplit(request.url).netloc
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        text = f"{request.method}\n{request.path_url}\n{date};{host};{digest}"
        signature = base64.b64encode(hmac.new(self.key, text.encode(), hashlib.sha256).digest()).decode()
        request.headers["x-ms-date"] = date
        request.headers["x-ms-content-sha256"] = digest
        request.headers["Authorization"] = (
            f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        )
        return request
