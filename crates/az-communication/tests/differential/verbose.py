"""Logs requests like the Azure CLI with --verbose and --debug: its own logging around the SDK that its extension calls.

Usage: verbose.py FLAG CONNECTION_STRING, then for each operation a line on stdin: `create`, `issue` or `delete ID`.
The CLI's last line is copied from azure/cli/__main__.py, which azure-cli-core lacks.
"""

import sys

from azure.cli.core import get_default_cli
from azure.cli.core.sdk.policies import SafeNetworkTraceLoggingPolicy
from azure.communication.identity import CommunicationIdentityClient, CommunicationUserIdentifier
from knack.log import get_logger

flag, connection_string = sys.argv[1:]
get_default_cli().logging.configure([flag])
# The CLI gives this policy to its clients. The extension's client has two policies of azure-core. --debug turns one of them
# off, and the other one is always off.
options = {"logging_policy": SafeNetworkTraceLoggingPolicy()} if flag == "--debug" else {}
client = CommunicationIdentityClient.from_connection_string(connection_string, **options)
for line in sys.stdin:
    words = line.split()
    if words[0] == "create":
        client.create_user()
    elif words[0] == "issue":
        client.create_user_and_token(["chat"])
    elif words[0] == "delete":
        client.delete_user(CommunicationUserIdentifier(words[1]))
get_logger("__main__").info("Command ran in %.3f seconds (init: %.3f, invoke: %.3f)", 0.3, 0.1, 0.2)
