"""The looks of the shipped page network at a picture, from coarse to fine."""

import cv2
import numpy as np
import pytest

from edge_app.common.geometry import overlap
from edge_app.find.page.finder import PageFinder
from edge_app.find.page.page_file import load_page
from edge_app.model import classify, runtime
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


@pytest.fixture(scope="module")
def network():
    path = classify.MODELS / "page-int8.tflite"
    return runtime.load_pictures(path, path.read_bytes())


def missed(finder, frame, truth, scale=1.0, corner_xy=(0, 0)):
    """The digits of a scene, shown in a part of a frame, that no candidate is at."""
    boxes = [found.box_xywh for found in finder(frame) if found.ink is not None]
    corner = np.array([*corner_xy, 0, 0])
    places = [tuple(scale * np.array(digit.box_xywh) + corner) for digit in truth]
    return [
        place for place in places if not any(overlap(place, box) > 0.5 for box in boxes)
    ]


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 4.0])
def test_digits_of_any_size_are_found_in_their_places(scale):
    frame, truth = Scene(seed=1).frame(0.0)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=how)
    assert missed(load_page(), seen, truth, scale) == []


def test_small_writing_in_a_corner_of_a_large_picture_is_found():
    frame, truth = Scene(seed=1).frame(0.0)
    small = cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    page = np.full((1440, 1920, 3), np.median(frame, axis=(0, 1)), np.uint8)
    page[1200:, 1600:] = small
    assert missed(load_page(), page, truth, 0.5, corner_xy=(1600, 1200)) == []


def test_a_candidate_has_a_probability_for_each_kind_and_its_place_in_the_picture():
    frame, truth = Scene(seed=1).frame(0.0)
    found = load_page()(frame)
    assert len(found) >= len(truth)
    for candidate in found:
        assert candidate.scores.shape == (18,)
        assert candidate.picture_height == 480
        assert candidate.view.gray.shape == (480, 640)


def test_a_page_without_ink_gives_no_candidate():
    assert load_page()(np.full((480, 640, 3), 240, np.uint8)) == []


def test_what_is_less_probable_than_the_peak_is_not_found(network):
    frame, _ = Scene(seed=1).frame(0.0)
    counts = [
        len(PageFinder(network, thresholds={"peak": peak})(frame))
        for peak in (0.3, 0.9, 1.01)
    ]
    assert counts[0] >= counts[1] > counts[2] == 0


def test_weights_of_splitting_are_known_by_their_names(network):
    finder = PageFinder(network, thresholds={"split_bias": -3.0, "accept": 0.625})
    assert (finder.splitting.bias, finder.verdict.accept) == (-3.0, 0.625)
    with pytest.raises(TypeError, match="color"):
        PageFinder(network, thresholds={"split_color": 1.0})


class Blind:
    """A network that was trained for something else."""

    num_channels = (4, 16)


def test_a_network_with_other_maps_is_refused():
    expected = r"^maps of \[4, 16, 20\] channels expected, got \[4, 16\]; convert a"
    with pytest.raises(ValueError, match=expected):
        PageFinder(Blind())
