import numpy as np
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

from benchmarks.models.correction import invented
from edge_app.common.errors import TrainingError
from edge_app.model import classify
from edge_app.model.normalize import to_model_input
from train.data import mnist as data
from train.data.mnist import Split
from train.fit import adapt
from train.fit.fit_settings import AdaptSettings
from train.networks import shipped
from train.report import evaluate


@pytest.fixture(scope="module")
def edge():
    return shipped.network("edge")


def test_the_shipped_network_is_what_the_app_reads_with(edge, small_mnist_dir):
    test = data.load(small_mnist_dir, "t10k").only(slice(0, 300))
    images = np.concatenate([test.images, invented(20, seed=1).images])
    split = Split(images, np.zeros(len(images), np.uint8))
    found = classify.load("edge-float32")(to_model_input(images))
    scores = evaluate.scores_of(edge, split)
    for classification, row in zip(found, scores, strict=True):
        assert classification.label == row[:10].argmax()
        assert classification.confidence == pytest.approx(
            row[classification.label], abs=1e-4
        )


@pytest.mark.parametrize("arch", ["no-such", "lenet5", "../edge"])
def test_what_is_not_shipped(arch):
    with pytest.raises(TrainingError, match="no such shipped network"):
        shipped.network(arch)


def test_another_network_does_not_fit(tmp_path):
    source = classify.MODELS / "edge-float32.onnx"
    (tmp_path / "lenet5-float32.onnx").write_bytes(source.read_bytes())
    with pytest.raises(TrainingError, match="kernels and biases expected, got 14"):
        shipped.network("lenet5", tmp_path)


@pytest.mark.slow  # whole adaptations
def test_a_hand_is_learned_and_little_is_lost(
    edge, small_mnist_dir, unknowns_dir, few_anchors
):
    corrections, others = invented(20, seed=1), invented(60, seed=2)
    mnist, test = (data.load(small_mnist_dir, part) for part in ("train", "t10k"))
    kept = adapt.anchors(mnist, unknowns_dir, seed=1)
    # In fewer and larger steps than the command's, which lose more.
    settings = AdaptSettings(epochs=6, share=0.3, learning_rate=1e-3)
    before = [weights.copy() for weights in edge.get_weights()]
    rehearsed = adapt.rehearsal(edge, kept, settings)
    adapted = adapt.adapted(edge, corrections, rehearsed, settings)
    assert adapt.accuracy(edge, others) < 0.5
    assert adapt.accuracy(adapted, others) > 0.9
    assert adapt.accuracy(adapted, test) > adapt.accuracy(edge, test) - 0.01
    for old, new in zip(before, edge.get_weights(), strict=True):
        assert np.array_equal(old, new)
    short = AdaptSettings(epochs=1)
    twice = [
        adapt.adapted(edge, corrections, adapt.rehearsal(edge, kept, short), short)
        for _ in "12"
    ]
    for one, other in zip(*(model.get_weights() for model in twice), strict=True):
        assert np.array_equal(one, other)


def test_nothing_to_adapt_to(edge):
    nothing = Split(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    with pytest.raises(TrainingError, match="no correction"):
        adapt.adapted(edge, nothing, [], AdaptSettings())
