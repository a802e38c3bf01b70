import numpy as np
import pytest

from edge_app.find.page import decode
from edge_app.find.page.decode import Maps
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from train.page.crops.targets import NUM_KINDS, targets

NO_BOXES = np.zeros((0, 4), np.float32)


def made(*boxes, kinds=(3,), unjudged=NO_BOXES, side=96, ink=None):
    return targets(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(kinds[: len(boxes)], np.int64),
        np.asarray(unjudged, np.float32),
        np.zeros((side, side), np.uint8) if ink is None else ink,
    )


def heat(made):
    return made.kinds[..., :NUM_KINDS]


def weight(made):
    return made.kinds[..., NUM_KINDS:]


def test_targets_read_back_are_the_boxes():
    boxes = [(10.0, 12.0, 14.0, 22.0), (40.0, 50.0, 6.0, 30.0)]
    found = made(*boxes, kinds=(3, 1))
    seen = Maps(
        np.rint(255 * heat(found)).astype(np.uint8),
        found.sizes[..., :NUM_SIZES],
        np.zeros((24, 24, NUM_INK), np.uint8),
    )
    peaks = decode.peaks(seen, 0.9)
    assert sorted(peaks.kinds.tolist()) == [1, 3]
    for box, kind in zip(peaks.boxes, peaks.kinds, strict=True):
        assert box == pytest.approx(boxes[0 if kind == 3 else 1], abs=0.01)


def test_digits_of_other_sizes_ask_for_another_look():
    assert heat(made((40, 40, 4, 6)))[..., Kind.SMALL].max() == 1
    assert heat(made((10, 10, 60, 80)))[..., Kind.LARGE].max() == 1
    for found in (made((40, 40, 4, 6)), made((10, 10, 60, 80))):
        assert heat(found)[..., :10].max() == 0


def test_what_the_crop_cuts_is_not_judged():
    found = made((-12, 20, 20, 30))
    assert heat(found)[..., 3].max() == 0
    assert weight(found)[7, 1, :10].max() == 0
    assert weight(found)[20, 20].min() == 1


def test_what_nobody_can_judge_is_left_out():
    found = made(unjudged=[(16, 16, 20, 20)])
    assert weight(found)[6, 6].max() == 0
    assert found.ink[6, 6, NUM_INK:].max() == 0
    assert weight(found)[0, 0].min() == 1
