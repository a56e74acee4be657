"""Prints for each server whether Python trusts it under its name. Arguments: CA-FILE, then pairs of NAME and PORT."""

import socket
import ssl
import sys

authority, *servers = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
for name, port in zip(servers[::2], servers[1::2]):
    try:
        with socket.create_connection(("127.0.0.1", int(port))) as plain:
            context.wrap_socket(plain, server_hostname=name).close()
        print(name, "trusted")
    except ssl.SSLCertVerificationError as error:
        print(name, "refused:", error.verify_message)
