"""The content of a line: numbers, dates, times, amounts, equations, words.

A line is a list of tokens: a digit, a letter, a sign, ` ` for a gap, or one of the
longer names below.
"""

from collections.abc import Callable

import numpy as np

from train.scenes.composed.text.scribe import clear_letter

WORD = "word"
SCRIBBLE = "scribble"
Tokens = list[str]

_UNIT_SIGNS = (
    "kg",
    "cm",
    "m",
    "km",
    "h",
    "min",
    "ml",
    "x",
    "Fr",
    "EUR",
    "pt",
    "th",
    "nd",
)
_CURRENCIES = "$€£"
# Neighbors in the alphabet: a b among others is no six.
_UNKNOWNS = "abcdefhkmnprtuvwxy"


def digits(rng: np.random.Generator, least: int, most: int) -> Tokens:
    """Return a number of `least` to `most` digits."""
    count = int(rng.integers(least, most + 1))
    return [str(label) for label in rng.integers(10, size=count)]


def number(rng: np.random.Generator) -> Tokens:
    """Return a number of one to eight digits, more often a short one."""
    return digits(rng, 1, int(rng.choice([2, 3, 4, 5, 8])))


def date(rng: np.random.Generator) -> Tokens:
    """Return a date of two or three parts."""
    separator = str(rng.choice(["/", "/", "-", "."]))
    year = digits(rng, 4, 4) if rng.random() < 0.4 else digits(rng, 2, 2)
    tokens = [*digits(rng, 1, 2), separator, *digits(rng, 1, 2)]
    return [*tokens, separator, *year] if rng.random() < 0.8 else tokens


def time(rng: np.random.Generator) -> Tokens:
    """Return a time of day, or that of a run."""
    tokens = [*digits(rng, 1, 2), ":", *digits(rng, 2, 2)]
    return [*tokens, ":", *digits(rng, 2, 2)] if rng.random() < 0.3 else tokens


def amount(rng: np.random.Generator) -> Tokens:
    """Return an amount of money."""
    tokens = digits(rng, 1, 3)
    if rng.random() < 0.3:
        tokens += [str(rng.choice([",", ".", "'"])), *digits(rng, 3, 3)]
    ending = rng.random()
    if ending < 0.65:
        tokens += [str(rng.choice([".", ","])), *digits(rng, 2, 2)]
    elif ending < 0.75:
        tokens += [str(rng.choice([",", "."])), "-"]
    currency = _CURRENCIES[rng.integers(len(_CURRENCIES))]
    place = rng.random()
    if place < 0.45:
        return [currency, *tokens]
    return [*tokens, currency] if place < 0.7 else tokens


def cheque(rng: np.random.Generator) -> Tokens:
    """Return an amount as on a check, with strokes that leave no room."""
    before = [*[["*"] * 2, ["="], ["-"], ["#"], [], []][rng.integers(6)]]
    after = [*[["-", "-"], ["=", "="], ["/", "1", "0", "0"], ["-"], ["/", "x", "x"], []]
             [rng.integers(6)]]  # fmt: skip
    tokens = digits(rng, 1, 4)
    if rng.random() < 0.6:
        tokens += [str(rng.choice([".", ",", "-", " "])), *digits(rng, 2, 2)]
    return [*before, *tokens, *after]


def decimal(rng: np.random.Generator) -> Tokens:
    """Return a measured value, sometimes below zero."""
    sign = [str(rng.choice(["-", "-", "+"]))] if rng.random() < 0.5 else []
    tokens = [*sign, *digits(rng, 1, 3)]
    if rng.random() < 0.7:
        tokens += [str(rng.choice([".", ","])), *digits(rng, 1, 3)]
    return [*tokens, "%"] if rng.random() < 0.3 else tokens


def measure(rng: np.random.Generator) -> Tokens:
    """Return a number with a unit."""
    unit = _UNIT_SIGNS[rng.integers(len(_UNIT_SIGNS))]
    gap = [" "] if rng.random() < 0.3 else []
    return [*number(rng), *gap, *unit]


def equation(rng: np.random.Generator) -> Tokens:
    """Return a sum, a product, a function or a set."""
    tokens = _term(rng)
    for _ in range(int(rng.integers(1, 4))):
        tokens += [str(rng.choice([*"+-+-x/*<>"])), *_term(rng)]
    if rng.random() < 0.6:
        tokens += ["=", *_term(rng)]
    return tokens


def _term(rng: np.random.Generator) -> Tokens:
    kind = rng.random()
    if kind < 0.5:
        return digits(rng, 1, 3)
    if kind < 0.7:
        return [*digits(rng, 1, 2), clear_letter(rng)]
    if kind < 0.85:
        opening, closing = [*zip("([{|", ")]}|", strict=True)][rng.integers(4)]
        inside = [*digits(rng, 1, 2), str(rng.choice([*"+-,"])), *digits(rng, 1, 2)]
        return [opening, *inside, closing]
    return [clear_letter(rng)]


def algebra(rng: np.random.Generator) -> Tokens:
    """Return a line of a system of equations: unknowns, some with a factor."""
    count = int(rng.integers(2, 5))
    first = int(rng.integers(len(_UNKNOWNS) - count + 1))
    tokens: Tokens = []
    for unknown in rng.permutation([*_UNKNOWNS[first : first + count]]):
        factor = digits(rng, 1, 2) if rng.random() < 0.5 else []
        tokens += [str(rng.choice([*"++-"])), *factor, str(unknown)]
    if rng.random() < 0.8:
        tokens = tokens[1:]
    return [*tokens, "=", *digits(rng, 1, 3)]


def item(rng: np.random.Generator) -> Tokens:
    """Return a line of a list: its number, and words or a number."""
    mark = str(rng.choice([")", ".", ":", ")"]))
    first = digits(rng, 1, 2) if rng.random() < 0.7 else [clear_letter(rng)]
    rest = [WORD] if rng.random() < 0.6 else number(rng)
    return [*first, mark, " ", *rest]


def words(rng: np.random.Generator) -> Tokens:
    """Return words with a number among them."""
    before = [WORD, " "] * int(rng.integers(0, 3))
    return [*before, *number(rng), " ", WORD] if rng.random() < 0.5 else [
        *before, WORD, " ", *number(rng)
    ]  # fmt: skip


def code(rng: np.random.Generator) -> Tokens:
    """Return letters and digits beside each other."""
    tokens: Tokens = []
    for _ in range(int(rng.integers(2, 5))):
        tokens += digits(rng, 1, 3) if rng.random() < 0.5 else [clear_letter(rng)]
        if rng.random() < 0.15:
            tokens += [str(rng.choice([*"-/.:+#*"]))]
    return tokens


def phone(rng: np.random.Generator) -> Tokens:
    """Return a telephone number."""
    tokens = ["(", *digits(rng, 2, 4), ")"] if rng.random() < 0.3 else ["+", *digits(
        rng, 2, 3
    )]  # fmt: skip
    separator = str(rng.choice(["-", " ", "/"]))
    return [*tokens, separator, *digits(rng, 3, 3), separator, *digits(rng, 2, 4)]


def score(rng: np.random.Generator) -> Tokens:
    """Return a result, a range, or a fraction."""
    return [*digits(rng, 1, 2), str(rng.choice([*":-/"])), *digits(rng, 1, 2)]


def without_digits(rng: np.random.Generator) -> Tokens:
    """Return words, letters and signs."""
    tokens: Tokens = []
    for _ in range(int(rng.integers(1, 5))):
        kind = rng.random()
        if kind < 0.5:
            tokens += [WORD, " "]
        elif kind < 0.75:
            tokens += [clear_letter(rng) for _ in range(int(rng.integers(1, 5)))]
        elif kind < 0.95:
            tokens.append(str(rng.choice([*"+-=/.,$%(){}[]<>*?!#&@:;~^"])))
        else:
            tokens += [SCRIBBLE, " "]
    return tokens


LINE_CONTENTS: dict[str, Callable[[np.random.Generator], Tokens]] = {
    "number": number, "date": date, "time": time, "amount": amount,
    "decimal": decimal, "measure": measure, "equation": equation, "item": item,
    "words": words, "code": code, "phone": phone, "score": score,
    "cheque": cheque, "algebra": algebra,
    "no digits": without_digits,
}  # fmt: skip
