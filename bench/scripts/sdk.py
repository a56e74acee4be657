"""Gets one token with the Python SDK."""

import os

from azure.communication.identity import CommunicationIdentityClient, CommunicationUserIdentifier

client = CommunicationIdentityClient.from_connection_string(os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"])
print(client.get_token(CommunicationUserIdentifier(os.environ["BENCH_USER"]), ["chat"]).token)
