"""Creates a user with the Python SDK and its defaults. Prints the seconds until the error, and the error."""

import sys
import time

from azure.communication.identity import CommunicationIdentityClient

client = CommunicationIdentityClient.from_connection_string(sys.argv[1])
started = time.monotonic()
try:
    client.create_user()
except Exception as error:  # Whatever a user of the SDK sees.
    print(f"{time.monotonic() - started:.1f}\t{type(error).__name__}: {' '.join(str(error).split())}")
