import cv2
import numpy as np
import pytest

from benchmarks.photos import grown, overlap
from edge_app import classify, rules
from edge_app.printed import find_printed
from edge_app.reader import Reader
from edge_app.segment import Region
from train import scenes

PRINT = "4035627488593647295273082468"


def glyph(label, height, *, font=cv2.FONT_HERSHEY_DUPLEX):
    """A printed digit's ink."""
    scale = height / 22
    canvas = np.zeros((3 * height, 3 * height), np.uint8)
    place = height // 2, 2 * height
    cv2.putText(canvas, label, place, font, scale, 255, 2, cv2.LINE_AA)
    x, y, w, h = cv2.boundingRect(canvas)
    return canvas[y : y + h, x : x + w]


def page(rows, *, tilt=0.0):
    """A frame with rows of inks, the regions in it; heights grow along a row."""
    frame = np.full((1000, 1000, 3), 220, np.uint8)
    regions = []
    for row, inks in enumerate(rows):
        for column, flat in enumerate(inks):
            ink = cv2.resize(flat, None, fx=1 + tilt * column, fy=1 + tilt * column)
            (h, w), x, y = ink.shape, 40 + 80 * column, 100 + 100 * row
            place = frame[y - h : y, x : x + w]
            place[:] = place - (place * (0.8 / 255 * ink[..., np.newaxis])).astype("u1")
            regions.append(Region((x, y - h, w, h), ink))
    return frame, regions


def rows_of(text, height, *, length=10):
    rows = [text[start : start + length] for start in range(0, len(text), length)]
    return [[glyph(label, height) for label in row] for row in rows]


def found(rows, text, **how):
    frame, regions = page(rows, **how)
    return find_printed(frame, regions, [int(label) for label in text])


def with_wobble(ink, rng):
    """The ink as somebody writes it who writes much alike."""
    height, width = ink.shape
    corners = np.float32([[0, 0], [width, 0], [0, height]])
    moved = corners + rng.normal(0, 0.08 * height, (3, 2)).astype(np.float32)
    matrix = cv2.getAffineTransform(corners + height, moved + height)
    bent = cv2.warpAffine(
        cv2.copyMakeBorder(ink, height, height, height, height, cv2.BORDER_CONSTANT),
        matrix,
        (width + 2 * height, 3 * height),
    )
    x, y, w, h = cv2.boundingRect(bent)
    return bent[y : y + h, x : x + w]


@pytest.mark.parametrize("tilt", [0.0, 0.02])
def test_print_is_found(tilt):
    assert found(rows_of(PRINT, 40), PRINT, tilt=tilt) == set(range(len(PRINT)))


def test_few_digits_are_no_evidence():
    assert found(rows_of("40356274", 40), "40356274") == set()


def test_what_wobbles_is_no_print():
    rng = np.random.default_rng(0)
    rows = [[with_wobble(ink, rng) for ink in row] for row in rows_of(PRINT, 40)]
    assert found(rows, PRINT) == set()


def test_handwriting_beside_print_is_kept():
    rng = np.random.default_rng(1)
    script = cv2.FONT_HERSHEY_SCRIPT_COMPLEX
    written = [with_wobble(glyph(label, 40, font=script), rng) for label in "4862"]
    rows = [*rows_of(PRINT, 40), written]
    assert found(rows, PRINT + "4862") == set(range(len(PRINT)))


def test_print_of_another_size_and_what_stands_in_line_with_it():
    text = PRINT.replace("0", "9")
    small = [cv2.resize(ink, None, fx=0.75, fy=0.75) for ink in rows_of("4016", 40)[0]]
    rows = [*rows_of(text, 40), small]
    assert found(rows, text + "4016") == set(range(len(text) + 4))


def test_print_is_rejected_unless_it_is_asked_for():
    scene = scenes.make("sudoku", 1101)
    every = Reader(classify.load(), printed=True).read(scene.frame)
    read = Reader(classify.load()).read(scene.frame)
    kept = {digit.box_xywh for digit in read.digits}
    written = [
        digit.box_xywh
        for digit in every.digits
        if any(
            overlap(grown(digit.box_xywh), grown(each.box)) > 0.4
            for each in scene.truth.digits
        )
    ]
    assert len(kept.intersection(written)) >= 0.98 * len(written)
    num_printed = len(every.digits) - len(written)
    assert len(kept.difference(written)) <= 0.2 * num_printed
    assert len(read.rejects) >= 0.8 * num_printed


@pytest.mark.parametrize("seed", [1002, 1005, 1010])
def test_regular_handwriting_is_read(seed):
    frame = scenes.make("marker", seed).frame
    every, told = (
        [each.box_xywh for each in digits if each.reject is None]
        for digits in (
            rules.read(frame, classify.load(), printed=printed).digits
            for printed in (True, False)
        )
    )
    assert told == every
