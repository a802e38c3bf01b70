import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import numpy as np

from train.report import evaluate, reliability
from train.report.evaluate import Mistake


def test_metrics_of_known_scores():
    labels = np.arange(10, dtype=np.uint8)
    scores = np.eye(10, dtype=np.float32)
    scores[9] = scores[4]  # a nine read as four
    found = evaluate.metrics(scores, labels)
    assert found["accuracy"] == pytest.approx(0.9)
    assert found["digits"]["9"]["recall"] == 0
    assert found["digits"]["4"]["precision"] == pytest.approx(0.5)
    assert found["confusion_matrix"][9][4] == 1


def test_accept_threshold_keeps_its_share():
    rng = np.random.default_rng(0)
    scores = np.zeros((1000, 10), np.float32)
    scores[:, 0] = rng.random(1000)
    threshold = evaluate.accept_threshold(scores)
    kept = np.mean(scores.max(axis=1) >= threshold)
    assert kept == pytest.approx(reliability.KEPT_SHARE, abs=0.001)


def test_the_reject_output_is_no_reading():
    scores = np.zeros((1, 11), np.float32)
    scores[0, [3, 10]] = 0.2, 0.8
    read, confidences = evaluate.readings(scores)
    assert read.tolist() == [3]
    assert confidences == pytest.approx([0.2])


def test_the_surest_mistakes_come_first():
    labels = np.array([1, 2, 3, 4], np.uint8)
    scores = np.zeros((4, 10), np.float32)
    scores[[0, 1, 2, 3], [7, 2, 8, 9]] = 0.6, 1.0, 0.9, 0.6
    found = evaluate.worst_mistakes(scores, labels, count=2)
    assert [mistake.index for mistake in found] == [2, 0]
    assert found[0] == Mistake(2, label=3, read=8, confidence=pytest.approx(0.9))
    assert len(evaluate.worst_mistakes(scores, labels, count=9)) == 3
