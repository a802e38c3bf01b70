import pytest

from benchmarks.live import knocked
from edge_app.cli.reader_settings import ReaderSettings


@pytest.mark.slow
def test_fields_follow_knocks_and_are_lost_without_a_reference(digits):
    found = list(knocked.measure(digits, ReaderSettings(), count=12, seed=3))
    rows = {row["fields"]: row for row in knocked.summary(found)}
    assert [row["values"] for row in rows.values()] == [24] * 3
    followed = rows["after it, with the reference"]
    assert followed["right"] >= 23 / 24
    assert followed["camera_moved"] == 0
    assert rows["after it, without"]["right"] < followed["right"]


def test_only_legible_digits_are_kept(digits):
    assert 400 < len(digits) < 500
