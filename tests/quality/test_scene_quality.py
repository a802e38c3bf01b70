"""What the parts of reading are there for, on a few rendered scenes."""

import pytest

from benchmarks import references
from benchmarks.reading import FIRST_SCENE_SEED, photos
from benchmarks.reading import scores as reading
from edge_app import find
from edge_app.find.judge import judged
from edge_app.model import classify
from train import scenes

pytestmark = pytest.mark.slow  # many scenes


def test_the_context_network_takes_less_print_for_digits():
    finder, without, classifier = find.load(), find.load(), classify.load()
    without.context = None

    def false_digits(reader):
        frames = [scenes.make("no digits: printed sudoku", n).frame for n in range(4)]
        found = [judged(reader(frame), classifier, reader) for frame in frames]
        return sum(
            digit.reject is None for verdict in found for digit in verdict.digits
        )

    assert false_digits(finder) < false_digits(without)


def test_touching_digits_are_read_as_when_they_were_measured_last(reader):
    rows = references.read("conditions").rows
    (known,) = [row for row in rows if row["condition"] == "touching"]

    def score(seed):
        scene = scenes.make("touching", seed)
        return photos.score(scene.truth, reading.labeled(reader.read(scene.frame)))

    seeds = range(FIRST_SCENE_SEED, FIRST_SCENE_SEED + known["scenes"])
    found = photos.total(map(score, seeds))
    assert found.digits == known["digits"]
    assert found.f1 >= known["f1"] - 0.01
