"""What each finder knows of a candidate."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from edge_app import find
from edge_app.find.candidate import Candidate
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


@pytest.mark.parametrize(("name", "reads"), [("page", True), ("classic", False)])
def test_only_a_finder_that_reads_scores_its_candidates_and_weighs_them(name, reads):
    finder = find.load(name)
    candidates = finder(Scene(seed=1).frame(0.0)[0])
    assert candidates
    assert (finder.name, finder.verdict is not None) == (name, reads)
    for candidate in candidates:
        assert (candidate.scores is not None) == reads
        assert (candidate.view is not None) == reads


@pytest.mark.parametrize("name", ["page", "classic"])
def test_a_candidate_has_not_been_seen_by_the_second_reader(name):
    for candidate in find.load(name)(Scene(seed=1).frame(0.0)[0]):
        assert candidate.image is candidate.class_scores is None
        if candidate.ink is not None:
            assert candidate.ink.dtype == np.uint8
            assert 0 < np.count_nonzero(candidate.ink) < candidate.ink.size


def test_a_step_makes_a_candidate_anew_and_leaves_the_one_it_got():
    candidate = Candidate((10, 20, 5, 8), None)
    with pytest.raises(FrozenInstanceError):
        candidate.reject = "letter"
