import pytest

from edge_app.archive import amounts


@pytest.mark.parametrize(
    ("count", "things", "said"),
    [
        (0, "shards", "0 shards"),
        (1, "shards", "1 shard"),
        (2, "new files", "2 new files"),
        (1, "new files", "1 new file"),
        (1_234_567, "files", "1,234,567 files"),
    ],
)
def test_one_is_no_plural(count, things, said):
    assert amounts.counted(count, things) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (4000, "4,000.0 h"),
        (2, "2.0 h"),
        (1.99, "119.4 min"),
        (2 / 60, "2.0 min"),
        (119.94 / 3600, "119.9 s"),
        (0.1 / 3600, "0.1 s"),
        (0.0999 / 3600, "under 0.1 s"),
        (0.0, "under 0.1 s"),
    ],
)
def test_a_time_is_in_a_unit_of_which_there_are_two(hours, said):
    assert amounts.duration(hours) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (1234567.891, "1,234,567.89"),
        (1, "1.00"),
        (0.126, "0.13"),
        (0.05, "0.05"),
        (0.01, "0.01"),
        (0.0042, "under 0.01"),
    ],
)
def test_a_price_is_to_the_cent(amount, said):
    assert amounts.price(amount) == said
