import pytest

from edge_app.common.errors import TrainingError
from train.page.page_settings import SIZES, PageSettings, chosen


@pytest.mark.parametrize(
    ("first_scenes", "expected"),
    [(20, [20, 60, 100, 100]), (0, [0, 50, 100, 100]), (500, [100] * 4)],
)
def test_scenes_join_evenly_over_the_first_half(first_scenes, expected):
    settings = PageSettings(epochs=8, scenes=100, first_scenes=first_scenes)
    assert [settings.scenes_at(epoch) for epoch in (0, 2, 4, 8)] == expected


def test_what_is_not_given_is_at_its_default():
    settings = chosen({"arch": "page-lite", "side": 64})
    assert settings == PageSettings(arch="page-lite", side=64)
    assert settings.arch in SIZES


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"steps": 0}, "steps 0: at least 1 expected"),
        ({"validation_scenes": -1}, "validation_scenes -1: at least 1 expected"),
        ({"side": 0}, "side 0: a multiple of 16 expected"),
        ({"side": 200}, "side 200: a multiple of 16 expected"),
        ({"learning_rate": 1.0}, "learning_rate 1.0: 0 to 1 expected"),
        ({"dropout": 0.5}, "--dropout: no option of the page networks"),
    ],
)
def test_values_out_of_their_range_are_refused(given, message):
    with pytest.raises(TrainingError, match=message):
        chosen(given)
