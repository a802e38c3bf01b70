import numpy as np

from edge_app import commands


def test_what_does_not_fit_into_memory_is_one_line(capsys):
    assert commands.exit_status(lambda: np.empty(10**16).size, prog="edge-digits") == 1
    err = capsys.readouterr().err
    assert err.startswith("edge-digits: error: not enough memory (Unable to allocate")
    assert err.count("\n") == 1
