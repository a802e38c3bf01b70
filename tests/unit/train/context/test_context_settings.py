import pytest

from edge_app.common.errors import TrainingError
from train.context.context_settings import ContextSettings, chosen


def test_what_is_not_given_is_at_its_default():
    settings = chosen({"page_run": "runs/page", "epochs": 2})
    assert settings.epochs == 2
    assert settings.arch == "context"
    assert settings.batch_size == ContextSettings(page_run="x").batch_size == 128


@pytest.mark.parametrize(
    ("part", "with_strokes", "expected"),
    [
        ("train", True, (100, 27)),
        ("validation", True, (30, 2)),  # a tenth as many pages
        ("train", False, (100, 0)),  # without hands there is nothing to write them
        ("validation", False, (30, 0)),
    ],
)
def test_scenes_and_pages_of_each_part(part, with_strokes, expected):
    settings = ContextSettings(
        page_run="runs/page", scenes=100, validation_scenes=30, glyph_pages=27
    )
    assert settings.counts(part, with_strokes=with_strokes) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"page_run": None}, "name its run folder with --page-run"),
        ({"epochs": 0}, "epochs 0: at least 1 expected"),
        ({"batch_size": -1}, "batch_size -1: at least 1 expected"),
        ({"scenes": 0}, "scenes 0: at least 1 expected"),
        ({"validation_scenes": 0}, "validation_scenes 0: at least 1 expected"),
        ({"glyph_pages": -1}, "glyph_pages -1: at least 0 expected"),
        ({"learning_rate": 0.0}, "learning_rate 0.0: 0 to 1 expected"),
        ({"learning_rate": 1.0}, "learning_rate 1.0: 0 to 1 expected"),
        ({"first_scenes": 3, "dropout": 0.5}, "--dropout, --first-scenes: no option"),
    ],
)
def test_values_out_of_their_range_are_refused(given, message):
    with pytest.raises(TrainingError, match=message):
        chosen({"page_run": "runs/page", **given})
