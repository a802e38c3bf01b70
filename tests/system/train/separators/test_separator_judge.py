import numpy as np
import pytest
from needed import need

need("keras", reason="separator networks are trained with Keras")

from edge_app.find.context.patches import PATCH_SIZE
from edge_app.find.separators.separator_patches import NUM_GAP_CHANNELS
from edge_app.find.separators.separator_reader import SEPARATOR_LABELS, SeparatorVerdict
from train.separators import separator_fit, separator_judge
from train.separators.gap_pool import NO_SEPARATOR, LabeledGaps


def shares_of(*said):
    """The shares of networks that say a label with a probability, nothing else."""
    shares = np.zeros((len(said), NO_SEPARATOR + 1), np.float32)
    for row, (label, share) in zip(shares, said, strict=True):
        row[label], row[NO_SEPARATOR if label != NO_SEPARATOR else 0] = share, 1 - share
    return shares


def test_the_threshold_is_the_least_that_is_precise():
    sure, unsure = [(0, 0.9)] * 30, [(1, 0.6)] * 10
    labels = np.array([0] * 30 + [NO_SEPARATOR] * 10)
    accept = separator_judge.separators_from(shares_of(*sure, *unsure), labels)
    assert 0.6 < accept <= 0.62
    assert separator_judge.counts(shares_of(*sure, *unsure), labels, accept) == (
        30,
        30,
        30,
    )
    wrong = separator_judge.separators_from(shares_of(*sure, *unsure), labels[::-1])
    few = separator_judge.separators_from(shares_of(*sure[:9]), labels[:9])
    assert wrong == few == SeparatorVerdict().accept > 1


def test_each_gap_is_judged_in_its_place():
    rng = np.random.default_rng(1)
    sizes = (3, 0, 2)
    shape = PATCH_SIZE, PATCH_SIZE, NUM_GAP_CHANNELS
    scenes = [
        LabeledGaps(rng.integers(0, 256, (size, *shape), np.uint8), np.full(size, size))
        for size in sizes
    ]
    shares, labels = separator_judge.judged_gaps(scenes, separator_fit.build())
    assert shares.shape == (5, len(SEPARATOR_LABELS))
    assert shares.sum(axis=1) == pytest.approx(1)
    assert labels.tolist() == [3, 3, 3, 2, 2]
