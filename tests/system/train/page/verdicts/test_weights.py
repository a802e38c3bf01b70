from dataclasses import replace

import numpy as np
from needed import need

need("keras", reason="page networks are trained with Keras")

from scipy import sparse

from edge_app.find.verdict import Verdict
from train.page.verdicts import thresholds, weights
from train.page.verdicts.opinions import LabeledOpinions
from train.page.verdicts.weights import PerceptronFit, perceptron_fit


def test_weights_are_those_under_which_the_truth_is_likeliest():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 11, 4000)
    page, edge = (np.full((4000, n), 0.01, np.float32) for n in (18, 10))
    # The first is right about nine of ten, the second tosses a coin.
    said = np.where(rng.random(4000) < 0.9, labels, rng.integers(0, 11, 4000))
    for row, label in enumerate(said):
        page[row, label] = 0.9  # 10 is a letter
    edge[np.arange(4000), rng.integers(0, 10, 4000)] = 0.9
    alone = sparse.csr_matrix((4000, 4000), dtype=np.float32)
    heights = rng.normal(size=4000).astype(np.float32)
    found = LabeledOpinions(
        page, edge, alone, heights, labels, np.ones(4000), num_missed=100
    )
    verdict = weights.fitted(found)
    assert verdict.page_label > 5 * abs(verdict.edge_label)
    shares = verdict.shares(found).sum(axis=1)
    assert shares[said < 10].mean() > 0.85
    assert shares[said == 10].mean() < 0.2
    accept, f1 = thresholds.accepted_from(found, verdict)
    assert 0.2 <= accept < 1
    assert 0.8 < f1 < 0.95


def test_nothing_found_leaves_the_defaults():
    found = replace(thresholds.opinions([]), num_missed=5)
    assert not len(found.labels)
    assert weights.fitted(found) == Verdict()
    assert thresholds.accepted_from(found, Verdict())[1] == 0


def test_a_perceptron_tells_what_is_apart_whatever_its_scale():
    rng = np.random.default_rng(1)
    is_digit = rng.random(600) < 0.5
    inputs = np.stack([np.where(is_digit, 100, -100), rng.normal(size=600)], axis=1)
    inputs[:, 0] += 500 + rng.normal(0, 10, 600)
    hidden, output = perceptron_fit(
        inputs, is_digit, np.ones(600), PerceptronFit(num_hidden=4, num_epochs=60)
    )
    assert np.shape(hidden) == (3, 4)
    assert np.shape(output) == (5,)
    units = np.maximum(0, inputs @ np.array(hidden)[:-1] + hidden[-1])
    log_odds = units @ output[:-1] + output[-1]
    assert ((log_odds > 0) == is_digit).mean() > 0.99
