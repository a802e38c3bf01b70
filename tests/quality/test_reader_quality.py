"""What of scenes, photographs and single digits is read rightly."""

import cv2
import pytest

from benchmarks import references
from benchmarks.reading import photos
from benchmarks.reading import scores as reading
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


@pytest.mark.slow  # beside the references, for old runtimes
def test_reads_the_demo_scene(reader):
    scores = list(reading.scenes(30, reader, first_seed=0))
    assert photos.total(scores).f1 >= 0.95


def test_reads_whole_numbers_in_order(reader):
    right = total = 0
    for seed in range(100, 120):
        scene = Scene(seed=seed)
        read = [number.text for number in reader.read(scene.frame(0.0)[0]).numbers]
        total += len(scene.numbers)
        right += sum(number in read for number in scene.numbers)
    assert right / total >= 0.8


@pytest.mark.slow  # as above
def test_reads_photographs(reader, photos_dir):
    score = photos.total(score for _, score in reading.photos(photos_dir, reader))
    assert score.digits == 453  # 459 less those marked as difficult
    reference, allowed = references.read("photos"), references.measurements()["photos"]
    least = reference.rows[-1]["f1"] - allowed.may_fall["f1"]
    assert reference.rows[-1]["photo"] == "all"
    assert score.f1 >= least


@pytest.mark.parametrize(
    "enlarged", [1, 3, 10, pytest.param(30, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("margin", [0.0, 0.4])
def test_an_image_of_one_digit(reader, mnist_dir, enlarged, inverted, margin):
    from benchmarks.common import test_digits

    digits = test_digits.test_images(mnist_dir)
    right = 0
    for image, label in zip(digits.images[:20], digits.labels[:20], strict=True):
        room = round(28 * margin)
        picture = cv2.copyMakeBorder(image, room, room, room, room, cv2.BORDER_CONSTANT)
        picture = cv2.resize(
            picture, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_NEAREST
        )
        read = reader.read(255 - picture if inverted else picture).digits
        right += [digit.label for digit in read] == [label]
    assert right >= 19
