"""Numbers that must match a pattern."""

import itertools
import math
import re
from collections.abc import Sequence

Alternatives = Sequence[tuple[int, float]]  # (label, probability), likeliest first

_MOST_TRIED = 4096  # combinations of a number's alternatives


def best_match(pattern: re.Pattern[str], digits: Sequence[Alternatives]) -> str | None:
    """Return the likeliest text that matches a pattern; `None` if none does.

    Args:
        pattern: Must match the whole number.
        digits: What each digit may be, from left to right.
    """
    most = max(1, int(_MOST_TRIED ** (1 / max(1, len(digits)))))
    combinations = itertools.product(*(digit[:most] for digit in digits))
    ranked = sorted(
        combinations, key=lambda labels: -math.prod(share for _, share in labels)
    )
    for labels in ranked:
        text = "".join(str(label) for label, _ in labels)
        if pattern.fullmatch(text):
            return text
    return None
