"""Runs a program as process 1 of a container in the present namespaces, like the last steps of a container runtime.

Its one argument is JSON: root, volumes (folder and place each), hosts, hostname, tmp, readOnly, uid, gid, groups, env, words.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
MNT_DETACH = 2

libc = ctypes.CDLL(None, use_errno=True)


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def prctl(option, value):
    return libc.prctl(option, value, 0, 0, 0)


container = json.loads(sys.argv[1])
socket.sethostname(container["hostname"])
root = container["root"]
mount("--bind", root, root)
mount("-t", "proc", "proc", f"{root}/proc")
mount("--bind", container["hosts"], f"{root}/etc/hosts")
for folder, place in container["volumes"]:
    mount("--bind", folder, root + place)
if container["tmp"]:
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", f"{root}/tmp")
if container["readOnly"]:
    mount("-o", "remount,bind,ro", root)

os.chdir(root)
subprocess.run(["pivot_root", ".", "."], check=True)
# The former root folder is now mounted over the new one.
if libc.umount2(b".", MNT_DETACH) != 0:
    sys.exit(f"umount2: {os.strerror(ctypes.get_errno())}")
os.chdir("/")

os.setgroups(container["groups"])
capability = 0
while prctl(PR_CAPBSET_DROP, capability) == 0:
    capability += 1
os.setresgid(*[container["gid"]] * 3)
os.setresuid(*[container["uid"]] * 3)
prctl(PR_SET_NO_NEW_PRIVS, 1)
# The process ends with the test.
prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
# Python ignores these signals, and ignored signals stay ignored in a new program.
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
os.umask(0o022)
os.execve(container["words"][0], container["words"], dict(pair.split("=", 1) for pair in container["env"]))
