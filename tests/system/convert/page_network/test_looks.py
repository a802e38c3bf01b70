import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import numpy as np

from convert.page_network import looks
from edge_app.common.errors import DataError
from train.page.crops import pool

SIZE_HW = (40, 56)


def write_scenes(folder, count):
    """Scenes with a digit, of which each has a gray of its own."""
    folder.mkdir()
    for number in range(count):
        scene = pool.Rendered(
            np.full(SIZE_HW, 100 + number, np.uint8),
            np.zeros(SIZE_HW, np.uint8),
            np.array([[8, 8, 16, 20]], np.float32),
            np.array([3]),
            np.zeros((0, 4), np.float32),
        )
        np.savez(pool.path(folder, number), **vars(scene))
    return folder


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("looks") / "scenes"
    return write_scenes(folder, looks.SAMPLES.num_verified + 2)


def test_the_last_scenes_verify_as_they_are_and_halved(scenes):
    _, pictures = looks.read(scenes, num_samples=2, side=32, seed=1)
    assert [picture.shape for picture in pictures[:2]] == [(48, 64), (32, 32)]
    grays = [int(picture[0, 0]) for picture in pictures]
    assert grays == [102 + n // 2 for n in range(2 * looks.SAMPLES.num_verified)]
    # What fills a side up goes on as the picture ends.
    assert all((picture == picture[0, 0]).all() for picture in pictures)


def test_one_crop_reaches_from_black_to_white(scenes):
    crops, _ = looks.read(scenes, num_samples=20, side=32, seed=1)
    assert (crops.shape, crops.dtype) == ((20, 32, 32, 1), np.float32)
    spans = np.ptp(crops, axis=(1, 2, 3))
    assert spans.max() == 1
    assert (crops.min(), crops.max()) == (0, 1)
    # Those beside it stay as they are, and it is none of them.
    others = crops[spans < 1]
    assert len(others) == 19
    shape = crops[spans.argmax()] - crops[spans.argmax()].mean()
    alike = [
        (shape * other).sum() / np.linalg.norm(shape) / (np.linalg.norm(other) + 1e-6)
        for other in others - others.mean(axis=(1, 2, 3), keepdims=True)
    ]
    assert max(alike) < 0.99


def test_so_many_crops_are_taken_and_the_seed_decides_which(scenes):
    first, same, other = (
        looks.read(scenes, num_samples=None, side=16, seed=seed)[0]
        for seed in (1, 1, 2)
    )
    assert len(first) == looks.SAMPLES.num_crops
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_too_few_scenes_to_calibrate_and_to_verify(tmp_path):
    folder = write_scenes(tmp_path / "scenes", looks.SAMPLES.num_verified)
    message = f"^{folder}: more than 48 rendered scenes expected, got 48; python -m"
    with pytest.raises(DataError, match=message):
        looks.read(folder, num_samples=2, side=32, seed=1)
