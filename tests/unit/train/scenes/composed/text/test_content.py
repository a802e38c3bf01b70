import re

import numpy as np
import pytest

from train.scenes.composed.text import content
from train.scenes.writing.hands import CLEAR_LETTERS

LETTER = f"[{CLEAR_LETTERS}]"
BRACKETED = r"[(\[{|]\d{1,2}[+\-,]\d{1,2}[)\]}|]"
TERM = rf"(?:\d{{1,3}}|\d{{1,2}}{LETTER}|{LETTER}|{BRACKETED})"
NUMBER = r"\d{1,8}"
UNKNOWN = rf"(?:\d{{1,2}})?(?:{LETTER}|b)"
WORD = "<word>"
FORMS = {
    "number": NUMBER,
    "date": r"\d{1,2}([/.-])\d{1,2}(\1(\d\d|\d{4}))?",
    "time": r"\d{1,2}:\d\d(:\d\d)?",
    "amount": r"[$€£]?\d{1,3}([,.']\d{3})?([.,](\d\d|-))?[$€£]?",
    "decimal": r"[+-]?\d{1,3}([.,]\d{1,3})?%?",
    "measure": NUMBER + r" ?(kg|cm|m|km|h|min|ml|x|Fr|EUR|pt|th|nd)",
    "equation": rf"{TERM}([+\-x/*<>]{TERM}){{1,3}}(={TERM})?",
    "algebra": rf"[+-]?{UNKNOWN}([+-]{UNKNOWN}){{1,3}}=\d{{1,3}}",
    "item": rf"(\d{{1,2}}|{LETTER})[).:] ({WORD}|{NUMBER})",
    "words": rf"({WORD} )*({NUMBER} {WORD}|{WORD} {NUMBER})",
    "code": rf"((\d{{1,3}}|{LETTER})[-/.:+#*]?){{2,4}}",
    "phone": r"(\(\d{2,4}\)|\+\d{2,3})([- /])\d{3}\2\d{2,4}",
    "score": r"\d{1,2}[:/-]\d{1,2}",
    "cheque": r"(\*\*|[=#-])?\d{1,4}([-., ]\d\d)?(--|==|/100|-|/xx)?",
    "no digits": rf"({WORD} |<scribble> |{LETTER}|[+\-=/.,$%(){{}}\[\]<>*?!#&@:;~^])+",
}


def texts(kind, num=200):
    rng = np.random.default_rng(1)
    longer = {content.WORD: WORD, content.SCRIBBLE: "<scribble>"}
    for _ in range(num):
        tokens = content.LINE_CONTENTS[kind](rng)
        yield "".join(longer.get(token, token) for token in tokens)


def test_every_kind_has_a_form():
    assert set(FORMS) == set(content.LINE_CONTENTS)


@pytest.mark.parametrize(("kind", "form"), FORMS.items(), ids=FORMS)
def test_lines_have_the_form_of_their_kind(kind, form):
    found = set(texts(kind))
    assert [text for text in found if not re.fullmatch(form, text)] == []
    assert len(found) > 60


def test_numbers_have_from_the_least_to_the_most_digits():
    rng = np.random.default_rng(1)
    found = [content.digits(rng, 2, 4) for _ in range(100)]
    assert {len(tokens) for tokens in found} == {2, 3, 4}
    assert {token for tokens in found for token in tokens} == set("0123456789")


def test_no_unknown_of_an_equation_stands_in_it_twice():
    for text in texts("algebra"):
        unknowns = re.findall("[a-z]", text)
        assert len(set(unknowns)) == len(unknowns)


def test_a_line_without_digits_has_none():
    assert not any(re.search(r"\d", text) for text in texts("no digits"))
