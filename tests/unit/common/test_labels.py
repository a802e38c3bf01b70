import pytest

from edge_app.common.labels import NUM_DIGITS, REJECT
from edge_app.model import classify, manifest

pytestmark = pytest.mark.device


def test_shipped_classifiers_say_ten_digits_and_at_most_one_more():
    described = [
        entry
        for entry in manifest.read(classify.MODELS).values()
        if entry.is_classifier
    ]
    assert {entry.arch for entry in described} == {"edge", "report"}
    for entry in described:
        digits = entry.labels[:NUM_DIGITS]
        assert digits == tuple(map(str, range(10)))
        assert entry.labels[NUM_DIGITS:] in ((), (REJECT,))
