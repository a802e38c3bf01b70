"""What candidates are judged to be."""

from dataclasses import replace

import numpy as np

from edge_app.find.candidate import Candidate
from edge_app.find.classic import ClassicFinder
from edge_app.find.judge import judged
from edge_app.find.page.maps import Kind
from edge_app.find.page.page_file import load_page
from edge_app.model import classify
from train import scenes


def test_a_digit_that_was_found_twice_is_one():
    finder, classifier = ClassicFinder(), classify.load()
    frame = scenes.of_digits(1, 3, size_wh=(160, 120)).frame
    (candidate,) = finder(frame)
    x, y, w, h = candidate.box_xywh
    # As another look sees it: only its upper part, but the same ink.
    again = replace(candidate, box_xywh=(x, y, w, round(0.6 * h)))
    apart = replace(candidate, box_xywh=(x + 2 * w, y, w, h))
    found = judged([candidate, again, apart], classifier, finder)
    accepted = [digit for digit in found.read if digit.reject is None]
    assert [digit.box_xywh for digit in accepted] in (
        [candidate.box_xywh, apart.box_xywh],
        [again.box_xywh, apart.box_xywh],
    )
    assert found.digits == found.read


def test_what_is_rejected_covers_nothing():
    finder, classifier = ClassicFinder(), classify.load()
    frame = scenes.of_digits(1, 3, size_wh=(160, 120)).frame
    (candidate,) = finder(frame)
    x, y, w, h = candidate.box_xywh
    around = replace(
        candidate,
        box_xywh=(x - 1, y - 1, w + 2, h + 2),
        ink=np.full((h, w), 255, np.uint8),
    )
    found = judged([around, candidate], classifier, finder)
    assert [digit.reject is None for digit in found.read] == [False, True]


def test_what_the_border_cuts_off_covers_its_pieces():
    finder, classifier = ClassicFinder(), classify.load()
    frame = scenes.of_digits(1, 3, size_wh=(160, 120)).frame
    (candidate,) = finder(frame)
    x, y, w, h = candidate.box_xywh
    cut = replace(candidate, box_xywh=(x, y, w, 2 * h), is_cut=True)
    found = judged([candidate, cut], classifier, finder)
    assert [(digit.box_xywh, digit.reject) for digit in found.digits] == [
        (cut.box_xywh, "border")
    ]


def test_a_digit_stays_one_beside_what_the_border_cuts_off():
    finder, classifier = ClassicFinder(), classify.load()
    frame = scenes.of_digits(1, 3, size_wh=(160, 120)).frame
    (candidate,) = finder(frame)
    x, y, w, h = candidate.box_xywh
    below = replace(candidate, box_xywh=(x, y + h - 2, w, h), is_cut=True)
    found = judged([candidate, below], classifier, finder)
    assert {digit.box_xywh: digit.reject for digit in found.digits} == {
        candidate.box_xywh: None, below.box_xywh: "border"
    }  # fmt: skip


def test_what_is_likelier_something_else_is_read_only_if_it_reads_surely():
    finder, classifier = ClassicFinder(), classify.load()
    frame = scenes.of_digits(1, 3, size_wh=(160, 120)).frame
    (candidate,) = finder(frame)
    clear = replace(candidate, likelier="print")
    assert judged([clear], classifier, finder).digits[0].reject is None
    _, _, w, h = candidate.box_xywh
    blot = replace(clear, ink=np.full((h, w), 255, np.uint8))
    assert judged([blot], classifier, finder).digits[0].reject == "print"
    cut = replace(blot, is_cut=True)
    assert judged([cut], classifier, finder).digits[0].reject == "border"


def test_what_two_looks_reject_is_rejected_once():
    finder, classifier = load_page(with_context=False), classify.load()
    rng = np.random.default_rng(1)
    smudge = Candidate(
        (20, 20, 30, 40),
        np.asarray(rng.integers(0, 255, (40, 30)), np.uint8),
        np.full(len(Kind), 0.2, np.float32),
        picture_height=120,
    )
    other_look = replace(smudge, box_xywh=(20, 20, 30, 41), is_contested=True)
    found = judged([smudge, other_look], classifier, finder)
    assert [digit.box_xywh for digit in found.digits] == [smudge.box_xywh]
    assert found.digits[0].reject == "unsure"


def test_what_the_border_cuts_off_is_believed_if_it_reads_most_surely():
    finder, classifier = load_page(), classify.load()
    assert finder.context is not None
    frame = scenes.of_digits(1, 3, size_wh=(160, 120)).frame
    cut = [replace(candidate, is_cut=True) for candidate in finder(frame)]
    verdict = finder.context.verdict
    rejects = []
    for accept_cut in (verdict.accept, 1.01):
        finder.context.verdict = replace(verdict, accept_cut=accept_cut)
        surest = max(
            judged(cut, classifier, finder).read, key=lambda digit: digit.confidence
        )
        assert surest.confidence > verdict.accept
        rejects.append(surest.reject)
    assert rejects == [None, "border"]


def test_a_digit_has_the_opinion_of_each_reader_that_saw_it():
    frame = scenes.of_digits(1, 3, size_wh=(160, 120)).frame
    readers = {"page": load_page(), "classic": ClassicFinder()}
    for name, finder in readers.items():
        found = judged(finder(frame), classify.load(), finder)
        (digit,) = (digit for digit in found.digits if digit.reject is None)
        expected = {"page", "edge"} if name == "page" else {"edge"}
        assert set(digit.opinions) - {"context"} == expected
        for scores in digit.opinions.values():
            assert scores.shape == (10,)
            assert scores.argmax() == digit.label


def test_other_writing_is_called_what_the_second_look_takes_it_for():
    frame = scenes.make("letters nearby", 6).frame
    finder, classifier = load_page(), classify.load()
    rejects = {
        digit.box_xywh: digit.reject
        for digit in judged(finder(frame), classifier, finder).read
        if "context" in digit.opinions and digit.reject is not None
    }
    assert "letter" in rejects.values()
    finder.context = None
    before = {
        digit.box_xywh: digit.reject
        for digit in judged(finder(frame), classifier, finder).read
    }
    assert any(
        (before.get(box), reject) == ("unsure", "letter")
        for box, reject in rejects.items()
    )


def test_where_nothing_has_ink_nothing_is_weighed(monkeypatch):
    finder, classifier = load_page(), classify.load()
    frame = scenes.of_digits(3, 3, size_wh=(320, 240)).frame
    inkless = [
        replace(candidate, ink=None, reject="print") for candidate in finder(frame)
    ]
    assert inkless
    asked = []
    monkeypatch.setattr(type(finder.verdict), "of", lambda *_: asked.append(1))
    found = judged(inkless, classifier, finder)
    assert not asked
    assert {digit.reject for digit in found.digits} == {"print"}
    assert found.read == []
