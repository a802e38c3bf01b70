import pytest

from benchmarks.common.percentiles import percentile


@pytest.mark.parametrize(("percent", "expected"), [(0, 1.0), (50, 2.0), (100, 4.126)])
def test_so_many_percent_do_not_exceed_it(percent, expected):
    assert percentile([4.126, 1, 2], percent) == round(expected, 2)


def test_nothing_has_no_percentile():
    assert percentile([], 50) is None
