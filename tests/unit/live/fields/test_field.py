"""The description of a field, and the table of the settings that it is made of."""

import pytest

from edge_app.common.errors import SettingsError
from edge_app.live.fields.field import Field

PLACE = [0.1, 0.1, 0.5, 0.2]


def test_a_table_says_all_of_a_field():
    table = {
        "place": PLACE,
        "pattern": "[0-9]{5}",
        "decimals": 3,
        "unit": "m³",
        "minimum": 0,
        "maximum": 99,
        "never_falls": True,
        "max_change_per_minute": 0.5,
    }
    field = Field.of("water", table)
    assert field.place == (0.1, 0.1, 0.5, 0.2)
    assert field.value("01234") == 1.234
    assert Field.of("water", field.table()) == field
    assert Field.of("plain", {"place": PLACE}).value("007") == 7


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "field.water.place: .*in fractions of the picture.* got None"),
        (
            {"place": [0.9, 0, 0.2, 0.1]},
            r"field.water.place: .*got \[0.9, 0, 0.2, 0.1\]",
        ),
        ({"place": [10, 20, 30, 40]}, "in fractions"),
        (
            {"place": PLACE, "pattern": "["},
            r"pattern: a regular expression .* got '\['",
        ),
        (
            {"place": PLACE, "pattern": "[0-9]{99999999999}"},
            r"pattern: a regular expression .* got '\[0-9\]\{9",
        ),
        ({"place": PLACE, "decimals": 1.5}, "decimals: a whole number from 0 to 9"),
        ({"place": PLACE, "minimum": 3, "maximum": 2}, "minimum: at most the maximum"),
        ({"place": PLACE, "never_falls": 1}, "never_falls: true or false"),
        ({"place": PLACE, "max_change_per_minute": -1}, "a number of at least 0"),
        ({"place": PLACE, "units": "l"}, "one of place, pattern.* got 'units'"),
        ({"place": PLACE, "never_fall": True}, "'; did you mean never_falls\\?$"),
    ],
)
def test_a_wrong_table_says_what_was_expected(table, message):
    with pytest.raises(SettingsError, match=message):
        Field.of("water", table)
