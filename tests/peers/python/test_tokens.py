import os

from azure.communication.identity import CommunicationIdentityClient, CommunicationTokenScope


def test_a_user_gets_a_token_for_chat():
    connection = os.environ["AZURE_COMMUNICATION_CONNECTION_STRING"]
    client = CommunicationIdentityClient.from_connection_string(connection)
    user, token = client.create_user_and_token([CommunicationTokenScope.CHAT])
    assert user.raw_id.startswith("8:acs:")
    assert token.token.count(".") == 2
    client.delete_user(user)
