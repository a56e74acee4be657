"""The official Python SDK on another machine, with nothing but a connection string and a fetched certificate."""

import os

from azure.communication.identity import CommunicationIdentityClient

client = CommunicationIdentityClient.from_connection_string(os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"])
user, token = client.create_user_and_token(["chat"])
assert token.token.count(".") == 2
print(user.raw_id)
