"""Pictures of what each stage of reading saw."""

from dataclasses import replace

import numpy as np
import pytest

from edge_app.find.stages import Stages
from edge_app.reading import Digit

pytestmark = pytest.mark.device

GREEN, RED = [60, 160, 0], [60, 60, 220]  # BGR, as the guide says


def digit(label=7, *, reject=None, gray=None, box_xywh=(20, 30, 15, 24)):
    image = None if gray is None else np.full((28, 28), gray, np.uint8)
    ink = np.full((24, 15), 255, np.uint8)
    return Digit(box_xywh, label, 0.9, reject=reject, ink=ink, image=image)


def test_all_that_was_found_is_framed_in_the_color_of_its_verdict():
    frame = np.full((100, 200, 3), 255, np.uint8)
    stages = Stages()
    found = [digit(), digit(reject="letter", box_xywh=(120, 30, 15, 24))]
    stages.add_candidates(frame, found)
    assert list(stages.pictures) == ["ink", "candidates"]
    picture = stages.pictures["candidates"]
    for x, color in ((20, GREEN), (120, RED)):
        edges = [picture[30 : 30 + 25, x], picture[30, x : x + 16]]
        assert all((edge == color).all() for edge in edges)
    assert (frame == 255).all()  # which others still read
    ink = stages.pictures["ink"]
    assert ink.shape[:2] == frame.shape[:2]
    where = np.zeros((100, 200), bool)
    where[30:54, 20:35] = where[30:54, 120:135] = True
    paper = ink[0, 0]
    is_ink = (ink != paper).reshape(100, 200, -1).any(axis=2)
    np.testing.assert_array_equal(is_ink, where)


@pytest.mark.parametrize(("count", "rows"), [(0, 1), (1, 1), (16, 1), (17, 2)])
def test_inputs_lie_in_rows_of_sixteen(count, rows):
    stages = Stages()
    grays = [10 + 10 * n for n in range(count)]
    read = [digit(gray=None), *(digit(gray=gray) for gray in grays)]  # one unseen
    stages.add_inputs(read)
    sheet = stages.pictures["inputs"]
    assert sheet.shape == (rows * (84 + 65), 16 * 84)
    for n, gray in enumerate(grays):
        top, left = (n // 16) * 149, (n % 16) * 84
        assert (sheet[top : top + 84, left : left + 84] == gray).all()
        assert sheet[top + 84 : top + 149, left : left + 84].any()  # its caption


def test_a_reject_s_caption_asks():
    captions = []
    for reject in (None, "unsure"):
        stages = Stages()
        stages.add_inputs([digit(gray=0, reject=reject)])
        captions.append(stages.pictures["inputs"][84:])
    assert (captions[0] != captions[1]).any()


def test_a_caption_says_what_each_reader_says_and_where_it_stands():
    blank = captioned(digit(gray=0))
    opinions = {"page": opinion(7), "edge": opinion(1)}
    with_opinions = captioned(replace(digit(gray=0), opinions=opinions))
    opinions = opinions | {"edge": opinion(2)}
    other = captioned(replace(digit(gray=0), opinions=opinions))
    moved = captioned(digit(gray=0, box_xywh=(120, 30, 15, 24)))
    assert (with_opinions != blank).any()
    assert (other != with_opinions).any()
    assert (moved != blank).any()


def opinion(label):
    scores = np.zeros(10, np.float32)
    scores[label] = 0.4
    return scores


def captioned(read):
    stages = Stages()
    stages.add_inputs([read])
    return stages.pictures["inputs"][84:]
