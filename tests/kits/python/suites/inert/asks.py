def test_asks(acs_connection_string):
    pass
