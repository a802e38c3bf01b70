import itertools

import numpy as np
import pytest
from tracks import number, reading

from benchmarks.live import writing
from benchmarks.live.writing import Stroke, Writing, WritingOutcome
from train.scenes.writing import handwriting

LINE = Stroke(
    np.column_stack([np.arange(100, 200), np.full(100, 150)]).astype(np.float32),
    starts_s=1.0,
    ends_s=3.0,
)


class Drawn:
    """Hands that write as the demo does, whoever is asked."""

    def writer(self, rng):
        self.hand = handwriting.writer(rng)
        return self

    def digit(self, label, rng):
        return handwriting.digit(label, self.hand, rng)


@pytest.mark.parametrize(
    ("time_s", "length"), [(0.5, None), (1.0, None), (1.5, 25), (3.0, 100), (9.0, 100)]
)
def test_a_stroke_grows_while_it_is_written(time_s, length):
    found = LINE.until(time_s)
    assert (found if found is None else len(found)) == length
    np.testing.assert_array_equal(
        found, None if length is None else LINE.points[:length]
    )


def test_the_camera_sees_what_is_there_so_far():
    line = Writing("1", [LINE], height=60, seed=1)
    assert line.ends_s == 3
    dark = []
    for time_s in (0.5, 2.0, 3.0):
        frame = line.frame(time_s)
        assert (frame.shape, frame.dtype) == ((480, 640, 3), np.uint8)
        dark.append(int((frame[100:200].mean(axis=2) < 140).sum()))
    assert dark[0] == 0
    assert 0 < 1.5 * dark[1] < dark[2]


def test_numbers_are_written_one_stroke_after_the_other():
    found = [writing.written(seed, Drawn()) for seed in range(8)]
    assert {len(number.text) for number in found} == {1, 2, 3}
    for written in found:
        assert written.text.isdecimal()
        assert written.strokes[0].starts_s > 0
        for first, second in itertools.pairwise(written.strokes):
            assert first.starts_s < first.ends_s < second.starts_s
        points = np.concatenate([stroke.points for stroke in written.strokes])
        assert (points >= 0).all()
        assert (points < (640, 480)).all()
    again = writing.written(0, Drawn())
    assert again.text == found[0].text
    np.testing.assert_array_equal(again.strokes[0].points, found[0].strokes[0].points)


def seen(*texts):
    """What is read for a second each, fifteen times a second."""
    for n in range(15 * len(texts)):
        digits = number(texts[n // 15]) if texts[n // 15] else []
        yield reading(*digits), n / 15


def test_what_was_believed_before_a_number_was_whole():
    whole = Writing("29", [LINE], height=60, seed=1)
    right = writing.outcome(whole, seen("", "29", "29", "29", "29"))
    assert right.believed == ["29"]
    assert not right.was_wrong_first
    # It settled before its last stroke's end, which is after three seconds.
    assert -2 < right.settle_s < 0
    misread = writing.outcome(whole, seen("", "27", "27", "27", "27"))
    assert misread.believed == ["27"]
    assert misread.settle_s is None
    grown = writing.outcome(whole, seen("", "2", "2", "29", "29", "29"))
    assert grown.believed == ["2", "29"]
    assert not grown.was_wrong_first
    assert grown.settle_s > 0
    unseen = writing.outcome(whole, seen("", ""))
    assert unseen == WritingOutcome("29", [], None)


@pytest.mark.parametrize(
    ("believed", "is_wrong"),
    [([], False), (["2927"], False), (["2", "29", "2927"], False), (["7"], True),
     (["1927", "2927"], True), (["29270"], True)],
)  # fmt: skip
def test_a_beginning_is_not_wrong(believed, is_wrong):
    assert WritingOutcome("2927", believed, 0.5).was_wrong_first is is_wrong


def test_who_is_misread_to_the_end_counts_apart():
    found = writing.summary(
        [
            WritingOutcome("12", ["12"], 0.5),
            WritingOutcome("34", ["7", "34"], 1.5),
            WritingOutcome("56", ["7"], None),
        ]
    )
    assert found == {
        "numbers": 3,
        "settled_right_in_the_end": 2,
        "wrong_first": 1,
        "settle_p50_s": 1.0,
        "settle_p95_s": 1.45,
    }


def test_where_nothing_is_read_nothing_settles():
    found = writing.summary([WritingOutcome("1", [], None)])
    assert found["settled_right_in_the_end"] == 0
    assert found["settle_p50_s"] is found["settle_p95_s"] is None
