import json

import cv2
import numpy as np
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

from benchmarks.__main__ import main
from benchmarks.models import correction
from edge_app.common.errors import DataError
from train.fit import adapt
from train.scenes.writing.hands import Hands


@pytest.fixture(scope="module")
def hands(strokes_dir):
    return Hands(strokes_dir, "test")


@pytest.fixture(scope="module")
def writer(hands):
    return max(hands.writers, key=lambda writer: len(hands.samples("digits", writer)))


def test_each_digit_is_held_back_once(hands, writer):
    labels = [int(label) for label, _ in hands.samples("digits", writer)]
    rounds = list(correction.rounds(hands, writer, corrected=1000, seed=1))
    num_copies = correction.CORRECTION.num_copies
    held = np.concatenate([others.labels[::num_copies] for _, others in rounds])
    assert sorted(held) == sorted(labels)
    for corrected, others in rounds:
        both = [*corrected.labels, *others.labels[::num_copies]]
        assert sorted(both) == sorted(labels)


def test_so_many_are_corrected_at_most(hands, writer):
    first, again = (
        list(correction.rounds(hands, writer, corrected=30, seed=1)) for _ in "12"
    )
    assert [len(corrected) for corrected, _ in first] == [30] * len(first)
    for (corrected, _), (same, _) in zip(first, again, strict=True):
        assert np.array_equal(corrected.images, same.images)
    (other, _), *_ = correction.rounds(hands, writer, corrected=30, seed=2)
    assert not np.array_equal(other.images, first[0][0].images)


def test_a_hand_that_wrote_next_to_nothing(hands):
    with pytest.raises(DataError, match="wrote 0 digits, at least 4 expected"):
        next(correction.rounds(hands, "nobody", corrected=30, seed=1))


@pytest.mark.slow  # whole adaptations of the shipped network
def test_the_command(
    strokes_dir, small_mnist_dir, unknowns_dir, monkeypatch, capsys, shipped_accuracy
):
    few = adapt.AnchorConstants(num_anchors=512, num_made=100)
    monkeypatch.setattr(adapt, "_ANCHOR", few)
    words = ["correction", "--strokes", str(strokes_dir), "--writers", "1", "--json"]
    places = ["--data", str(small_mnist_dir), "--unknowns", str(unknowns_dir)]
    assert main([*words, *places]) == 0
    row, together, invented = json.loads(capsys.readouterr().out)["rows"]
    for written_row in (row, invented):
        assert written_row["corrected"] == 30
        assert written_row["mnist_before"] == pytest.approx(shipped_accuracy, abs=1e-6)
        assert (
            written_row["mnist_after"]
            >= written_row["mnist_worst"]
            > shipped_accuracy - 0.0158
        )
    for name in ("before", "after"):
        assert 0.5 < row[name] <= 1
    assert {**row, "hand": correction.ALL} == pytest.approx(together)
    assert invented["before"] == 0


def test_fours_that_nobody_writes_are_a_cross_in_a_circle():
    found, same, other = (correction.invented(6, seed=seed) for seed in (1, 1, 2))
    assert set(found.labels) == {4}
    assert np.array_equal(found.images, same.images)
    assert not np.array_equal(found.images, other.images)
    for image in found.images:
        rows, columns = np.nonzero(image > 127)
        y, x = (rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2
        assert image[y, x] > 127  # where the lines cross
        # Between them and the circle are four blank parts.
        blank, labels = cv2.connectedComponents((image < 60).astype(np.uint8))
        assert blank == 1 + 1 + 4, labels
