"""The Python side of az-communication: `az_communication.testing` runs the emulator in tests.

pytest imports this module at its start, so it stays empty.
"""
