import re

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")
optuna = pytest.importorskip("optuna", reason="needs the extra tune")

from train.tune import search_space, tune_page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tune")]


def test_page_says_what_mattered(tmp_path):
    """In a study whose accuracies follow from one setting alone."""
    study = optuna.create_study(direction="maximize")

    def objective(trial):
        candidate = search_space.suggested(trial, max_epochs=9)
        trial.set_user_attr("parameters", 1)
        return 0.9 + candidate.dropout / 10

    study.optimize(objective, n_trials=20)
    tune_page.write(tmp_path, study, {"share": 1.0})
    page = (tmp_path / "tune.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 3
    shown = [float(accuracy) for accuracy in re.findall(r"<td>(9\d\.\d\d)%", page)]
    assert len(shown) == tune_page.NUM_SHOWN_TRIALS
    assert shown == sorted(shown, reverse=True)
