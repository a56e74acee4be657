"""The official Python SDK on another machine, with only a connection string and a downloaded certificate."""

import os

from azure.communication.identity import CommunicationIdentityClient

client = CommunicationIdentityClient.from_connection_string(os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"])
user, token = client.create_user_and_token(["chat"])
assert token.token.count(".") == 2
print(user.raw_id)
