import numpy as np

from benchmarks.live import meter


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
