import numpy as np
import pytest

from benchmarks.live import knocked, meter
from edge_app.cli.reader_settings import ReaderSettings
from train.data.mnist import Split, load


@pytest.fixture(scope="module")
def digits(mnist_dir):
    whole = load(mnist_dir, "train")
    return knocked.legible(Split(whole.images[-500:], whole.labels[-500:]))


@pytest.mark.slow
def test_fields_follow_knocks_and_are_lost_without_a_reference(digits):
    found = list(knocked.measure(digits, ReaderSettings(), count=12, seed=3))
    rows = {row["fields"]: row for row in knocked.summary(found)}
    assert [row["values"] for row in rows.values()] == [24] * 3
    followed = rows["after it, with the reference"]
    assert followed["right"] >= 23 / 24
    assert followed["camera_moved"] == 0
    assert rows["after it, without"]["right"] < followed["right"]


def test_a_meter_shows_its_numbers_where_its_fields_are(digits):
    rng = np.random.default_rng(1)
    found = meter.draw(digits, rng, face_seed=1)
    frame = meter.seen(found, rng=rng)
    assert frame.shape == (600, 800, 3)
    for field in meter.fields():
        x, y, w, h = field.place
        part = frame[round(600 * y) :, round(800 * x) :]
        window = part[: round(600 * h), : round(800 * w)]
        assert window.mean() > 180
        assert window.min() < 90
        assert len(found.numbers[field.name]) in (3, 5)


def test_only_legible_digits_are_kept(digits):
    assert 400 < len(digits) < 500
