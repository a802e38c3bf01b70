import re

import pytest

from edge_app.layout.expect import best_match

pytestmark = pytest.mark.device

SURE = [((1, 0.99),), ((2, 0.98),)]
DOUBTFUL = [((1, 0.6), (7, 0.35)), ((2, 0.98),), ((0, 0.5), (6, 0.4), (8, 0.1))]


@pytest.mark.parametrize(
    ("pattern", "digits", "text"),
    [
        (r"\d{2}", SURE, "12"),
        (r"\d{3}", SURE, None),
        (r"\d{3}", DOUBTFUL, "120"),
        (r"7\d\d", DOUBTFUL, "720"),
        (r"\d\d[68]", DOUBTFUL, "126"),
        (r"9\d+", DOUBTFUL, None),
        (r"\d*", [], ""),
        (r"\d{30}", [((1, 0.6), (7, 0.4))] * 30, "1" * 30),
    ],
)
def test_likeliest_text_that_matches(pattern, digits, text):
    assert best_match(re.compile(pattern), digits) == text
