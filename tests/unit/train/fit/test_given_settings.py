from dataclasses import dataclass

import pytest

from edge_app.common.errors import TrainingError
from train.fit.given_settings import made_of


@dataclass(frozen=True)
class Oven:
    degrees: int = 180
    num_trays: int = 1

    def __post_init__(self):
        if self.degrees > 250:
            raise ValueError(f"degrees {self.degrees}: at most 250 expected")


def test_what_is_not_given_is_at_its_default():
    assert made_of({"degrees": 200}, Oven, "the oven") == Oven(200, 1)
    assert made_of({}, Oven, "the oven") == Oven()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"degrees": 300}, "^degrees 300: at most 250 expected$"),
        ({"top_heat": 1, "fan": 2}, "^--fan, --top-heat: no option of the oven$"),
    ],
)
def test_what_does_not_fit_is_refused(given, message):
    with pytest.raises(TrainingError, match=message):
        made_of(given, Oven, "the oven")
