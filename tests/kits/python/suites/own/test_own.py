def test_it_is_2035(acs_clock):
    assert acs_clock.now().year == 2035
    acs_clock.reset()


def test_it_is_2035_again(acs_clock):
    assert acs_clock.now().year == 2035
