import os
import pathlib
import time


def test_waits_until_it_is_killed(acs_emulator, acs_emulator_factory):
    pathlib.Path(os.environ["RECORD"]).write_text(f"{acs_emulator.endpoint}\n{acs_emulator_factory().endpoint}\n")
    time.sleep(60)
