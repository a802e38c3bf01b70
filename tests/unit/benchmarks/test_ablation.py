import pkgutil

import numpy as np
import pytest

from benchmarks.reading import steps
from edge_app.find.verdict import Opinions

PATCHED = [name for name, step in steps.STEPS.items() if step.target]


def resolved(step):
    module, _, name = steps.STEPS[step].target.rpartition(".")
    return getattr(pkgutil.resolve_name(module), name)


@pytest.mark.parametrize("step", PATCHED)
def test_each_step_is_left_out_and_put_back(step):
    whole = resolved(step)
    with steps.left_out(None):
        assert resolved(step) is whole
    with steps.left_out(step):
        assert resolved(step) is steps.STEPS[step].instead
    assert resolved(step) is whole


def test_other_readers_read_instead():
    assert steps.reader_of(None, "page") == "page"
    assert steps.reader_of(PATCHED[0], "page") == "page"
    others = {steps.reader_of(step, "page") for step in steps.STEPS} - {"page"}
    assert others == {"classic"}


def test_verdicts_of_one_reader_alone():
    page = np.zeros((2, 18), np.float32)
    page[0, 3], page[1, 3], page[1, 12] = 0.9, 0.2, 0.6
    second = np.full((2, 10), 0.01, np.float32)
    second[:, 8] = 0.61
    alone, heights = np.zeros((2, 2), np.float32), np.zeros(2, np.float32)
    said = Opinions(page, second, alone, heights)
    with steps.left_out("second reader"):
        of_one = resolved("second reader")(None, said)
    np.testing.assert_array_equal(of_one, page[:, :10])
    labels = steps.STEPS["page network's labels"].instead(None, said)
    assert labels.argmax(axis=1).tolist() == [8, 8]
    np.testing.assert_allclose(labels.sum(axis=1), [0.9, 0.2], atol=1e-6)
