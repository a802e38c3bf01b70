"""What tests need installed."""

from importlib.util import find_spec

import pytest


def need(*packages, reason):
    """Skip the module that calls this where a package lacks.

    `pytest.importorskip` imports it, in each process that collects the module: seconds
    for TensorFlow, scikit-learn and Dask, even where none of the module's tests runs.
    """
    for package in packages:
        if find_spec(package) is None:
            pytest.skip(f"{package} lacks: {reason}", allow_module_level=True)
