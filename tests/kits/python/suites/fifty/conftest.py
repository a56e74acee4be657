import os
import pathlib

import pytest
from azure.communication.identity import CommunicationIdentityClient


@pytest.fixture
def record(worker_id):
    """Writes down which emulators there were."""
    file = pathlib.Path(os.environ["RECORD"]) / worker_id

    def record(emulator):
        with file.open("a") as lines:
            lines.write(emulator.endpoint + "\n")

    return record


@pytest.fixture(autouse=True)
def recorded(acs_emulator, record):
    record(acs_emulator)


@pytest.fixture(scope="session")
def client(acs_connection_string, acs_client_options):
    return CommunicationIdentityClient.from_connection_string(
        acs_connection_string, retry_total=0, **acs_client_options
    )
