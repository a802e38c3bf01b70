"""Where a reference picture or marks lie in a frame."""

import cv2
import numpy as np
import pytest
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


@pytest.mark.parametrize("seed", [1, 2, 3, 6, 7])
def test_a_reference_that_shows_nothing_but_fields_is_not_found(page_of, seed):
    """Light alone says nothing about where a camera looks."""
    image, places = page_of(seed)
    moved, _ = knocked(image, (12, -9), 1.5)
    assert Reference(image, list(places.values())).matrix(moved) is None


def test_a_blank_sheet_in_uneven_light_is_not_found():
    light = np.linspace(170, 240, 640)[:, None]
    shaded = np.broadcast_to(light, (480, 640, 3)).astype(np.uint8)
    reference = Reference(shaded, [(0.3, 0.3, 0.4, 0.4)])
    for seed in range(8):
        noise = np.random.default_rng(seed).normal(0, 3, shaded.shape)
        noisy = np.clip(shaded + noise, 0, 255).astype(np.uint8)
        assert reference.matrix(noisy) is None


@pytest.mark.parametrize("seed", [1, 3, 7, 8])
def test_fields_far_from_all_that_is_seen_are_about_right_or_not_found(page_of, seed):
    image, places = page_of(seed)
    _, *fields = places.values()  # only the first number is compared
    moved, truth = knocked(image, (11, -10), 1.5)
    matrix = Reference(image, fields).matrix(moved)
    for x, y, w, h in fields if matrix is not None else ():
        for corner in ((x, y), (x + w, y + h)):
            expected = truth @ [corner[0] * 640, corner[1] * 480, 1]
            assert np.allclose(placed(matrix, *corner), expected[:2], atol=12)


def test_a_setup_without_fields_has_its_reference_found(page):
    image, _ = page
    moved, truth = knocked(image, (5, -4), 0.5)
    expected = truth @ [320, 240, 1]
    found = placed(Reference(image, []).matrix(moved), 0.5, 0.5)
    assert np.allclose(found, expected[:2], atol=2)


def test_a_reference_is_found_in_noise_and_little_light(page):
    image, places = page
    reference = Reference(image, list(places.values())[:1])
    moved, truth = knocked(image, (12, -9), 1.5)
    noise = np.random.default_rng(1).normal(0, 12, image.shape)
    dim = np.clip(0.5 * moved + noise, 0, 255).astype(np.uint8)
    expected = truth @ [0.3 * 640, 0.4 * 480, 1]
    assert np.allclose(placed(reference.matrix(dim), 0.3, 0.4), expected[:2], atol=2)


def test_a_camera_that_stays_has_its_fields_at_their_fractions():
    matrix = Fixed().matrix(np.zeros((300, 400, 3), np.uint8))
    assert placed(matrix, 0.25, 0.5).tolist() == [100, 150]
