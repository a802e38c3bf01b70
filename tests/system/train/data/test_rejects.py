import numpy as np
import pytest
from needed import need

need("sklearn", reason="training needs scikit-learn")

from train.data import drawings, mnist, rejects
from train.data.mnist import Split


@pytest.mark.slow  # draws and compares thousands of images
def test_hands_of_each_part(mnist_dir, unknowns_dir, strokes_dir, monkeypatch):
    asked = []

    def drawn(hands, kind, *, copies=1, count=None, seed, jobs):
        asked.append((hands.part, kind, copies if count is None else count, seed))
        label = 3 if kind == "digits" else rejects.REJECT_LABEL
        images = np.zeros((20, 28, 28), np.uint8)
        images[:, 4:24, 6:9] = images[:, 4:24, 18:21] = 255
        return Split(images, np.full(20, label, np.uint8))

    monkeypatch.setattr(drawings, "drawn", drawn)
    whole = mnist.load(mnist_dir, "train")
    digits = [whole.only(slice(i, i + 500)) for i in (0, 3000)]
    sources = rejects.RejectSources(unknowns_dir, strokes_dir, jobs=2)
    parts = rejects.with_rejects(*digits, sources, seed=1)
    assert asked == [
        (part, kind, count, seed)
        for part, seed in (("train", 1), ("validation", 2))
        for kind, count in (
            ("digits", 6),
            ("letters", 10),
            ("symbols", 4),
            ("words", 4),
        )
    ]
    for written, part in zip(digits, parts, strict=True):
        np.testing.assert_array_equal(part.images[:500], written.images)
        counts = np.bincount(part.labels, minlength=11)
        assert (counts > 0).all()
        assert counts[10] > 60
