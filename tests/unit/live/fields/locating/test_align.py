"""Where a reference picture or marks lie in a frame."""

import cv2
import numpy as np
from cameras import knocked

from edge_app.live.fields.locating.align import Fixed, Marks, Reference


def test_marks_say_where_fields_are():
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    image = np.full((600, 800, 3), 230, np.uint8)
    places = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]
    for number, (x, y) in enumerate(places):
        mark = cv2.aruco.generateImageMarker(dictionary, number, 60)
        left, top = round(800 * x) - 30, round(600 * y) - 30
        image[top : top + 60, left : left + 60] = mark[..., None]
    moved, truth = knocked(image, (10, 8), 3)
    matrix = Marks(places).matrix(moved)
    found = matrix @ [0.4, 0.6, 1]
    assert np.allclose(found[:2] / found[2], (truth @ [320, 360, 1])[:2], atol=2)
    moved[:300] = 230
    assert Marks(places).matrix(moved) is None


def placed(matrix, *point):
    found = matrix @ [*point, 1]
    return found[:2] / found[2]


def test_a_reference_is_found_in_a_frame_of_another_size(page):
    image, places = page
    reference = Reference(image, list(places.values())[:1])
    moved, truth = knocked(image, (12, -9), 1.5)
    large = cv2.resize(moved, None, fx=2, fy=2)
    expected = truth @ [0.3 * 640, 0.4 * 480, 1]
    assert np.allclose(placed(reference.matrix(moved), 0.3, 0.4), expected[:2], atol=2)
    found = placed(reference.matrix(large), 0.3, 0.4)
    assert np.allclose(found, 2 * expected[:2], atol=4)


def test_a_reference_is_not_found_where_it_is_not_seen(page):
    image, places = page
    reference = Reference(image, list(places.values())[:1])
    assert reference.matrix(np.full_like(image, 240)) is None
    half = cv2.resize(image, None, fx=0.4, fy=0.4)  # no knock takes a camera so far
    far = np.full_like(image, 240)
    far[100 : 100 + half.shape[0], 100 : 100 + half.shape[1]] = half
    assert reference.matrix(far) is None


def test_a_camera_that_stays_has_its_fields_at_their_fractions():
    matrix = Fixed().matrix(np.zeros((300, 400, 3), np.uint8))
    assert placed(matrix, 0.25, 0.5).tolist() == [100, 150]
