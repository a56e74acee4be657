import time


def test_waits_until_it_is_killed(acs_emulator, acs_emulator_factory):
    print("\nwaits:", acs_emulator.endpoint, acs_emulator_factory().endpoint, flush=True)
    time.sleep(60)
