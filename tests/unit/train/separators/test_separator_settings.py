import pytest

from edge_app.common.errors import TrainingError
from train.separators.separator_settings import SeparatorSettings, chosen


def test_what_is_not_given_is_at_its_default():
    settings = chosen({"epochs": 2})
    assert settings.epochs == 2
    assert settings.arch == "separator"
    assert settings.batch_size == SeparatorSettings().batch_size == 128


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": 0}, "epochs 0: at least 1 expected"),
        ({"batch_size": -1}, "batch_size -1: at least 1 expected"),
        ({"scenes": 0}, "scenes 0: at least 1 expected"),
        ({"validation_scenes": 0}, "validation_scenes 0: at least 1 expected"),
        ({"learning_rate": 0.0}, "learning_rate 0.0: 0 to 1 expected"),
        ({"learning_rate": 1.0}, "learning_rate 1.0: 0 to 1 expected"),
        ({"page_run": "runs/page"}, "--page-run: no option of the separator network"),
    ],
)
def test_values_out_of_their_range_are_refused(given, message):
    with pytest.raises(TrainingError, match=message):
        chosen(given)
