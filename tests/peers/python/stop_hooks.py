"""Schemathesis hooks for the operation that ends the emulator. The test starts the next emulator on the same port."""

import time

import requests
import schemathesis

import answers  # noqa: F401
from credentials import ENDPOINT, control_secret

schemathesis.auth.set_from_requests(control_secret())


def resource():
    """Returns the resource id, which is another one for each emulator in memory."""
    try:
        return requests.get(f"{ENDPOINT}/emulator/status", auth=control_secret(), timeout=5).json()["resourceId"]
    except requests.ConnectionError:
        return None


present = resource()


@schemathesis.hook
def after_call(context, case, response):
    global present
    if response.status_code == 200:
        deadline = time.monotonic() + 20
        while (other := resource()) in (None, present):
            assert time.monotonic() < deadline, "no emulator started"
            time.sleep(0.01)
        present = other
