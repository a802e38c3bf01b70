import pkgutil
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.reading import steps
from edge_app.find.verdict import Opinions
from edge_app.reader import Reader
from edge_app.sources.demo.demo_scene import Scene

PATCHED = [name for name, step in steps.STEPS.items() if step.target]


def resolved(step):
    module, _, name = steps.STEPS[step].target.rpartition(".")
    return getattr(pkgutil.resolve_name(module), name)


@pytest.mark.parametrize("step", PATCHED)
def test_each_step_is_left_out_and_put_back(step):
    whole = resolved(step)
    with steps.changed(None):
        assert resolved(step) is whole
    with steps.changed(step):
        assert resolved(step) is steps.STEPS[step].instead
    assert resolved(step) is whole


@pytest.mark.parametrize("step", steps.STEPS)
def test_pages_are_read_without_each_step(step):
    frame, truth = Scene(seed=1).frame(0.0)
    with steps.changed(step):
        reader = Reader(finder=steps.reader_of(step, "page"))
        reading = reader.read(frame)
    assert len(reading.digits) == pytest.approx(len(truth), abs=3)


def test_each_constant_is_moved_and_put_back():
    names = steps.moved(0.25)
    assert "room_of_box of INK x 0.75" in names
    assert "room_of_box of INK x 1.25" in names
    for name in names:
        (target,) = (path for path in steps.CONSTANTS if path.split(".")[-1] in name)
        whole = pkgutil.resolve_name(target)
        with steps.changed(name):
            moved = pkgutil.resolve_name(target)
            field = name.split()[0]
            factor = float(name.split()[-1])
            value, instead = getattr(whole, field), getattr(moved, field)
            slack = 0.5 if isinstance(value, int) else 1e-9
            assert instead == pytest.approx(value * factor, abs=slack)
            assert type(instead) is type(value)
            assert replace(moved, **{field: value}) == whole
        assert pkgutil.resolve_name(target) is whole


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
    with steps.changed("second reader"):
        of_one = resolved("second reader")(None, said)
    np.testing.assert_array_equal(of_one, page[:, :10])
    labels = steps.STEPS["page network's labels"].instead(None, said)
    assert labels.argmax(axis=1).tolist() == [8, 8]
    np.testing.assert_allclose(labels.sum(axis=1), [0.9, 0.2], atol=1e-6)
