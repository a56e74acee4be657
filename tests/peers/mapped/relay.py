"""Forwards TCP connections to another machine, as docker-proxy does for a mapped port: ADDRESS PORT TO-ADDRESS TO-PORT."""

import contextlib
import socket
import sys
import threading


def carry(source, target):
    # Either side may end the connection first.
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def serve(client, target):
    with client, socket.create_connection(target) as server:
        there = threading.Thread(target=carry, args=(client, server))
        there.start()
        carry(server, client)
        there.join()


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted, (sys.argv[3], int(sys.argv[4]))), daemon=True).start()
