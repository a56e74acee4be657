def test_without_a_fixture():
    pass


def test_with_a_fixture(acs_emulator):
    pass
