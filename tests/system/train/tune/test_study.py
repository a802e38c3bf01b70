import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")
optuna = pytest.importorskip("optuna", reason="needs the extra tune")

from edge_app.common.errors import TrainingError
from train.tune import study as tune
from train.tune.search_settings import Search

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tune")]


def test_hopeless_trials_are_pruned(tmp_path):
    """With the study's own pruner, on accuracies that are known."""
    place = tune.StudyPlace(f"sqlite:///{tmp_path / 'study.db'}", "pruned")
    study = tune.opened(place, Search())

    def objective(trial):
        for epoch in range(10):
            trial.report(0.9 if trial.number < 5 else 0.1, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return 0.9

    study.optimize(objective, n_trials=6)
    states = [kept_trial.state.name for kept_trial in study.get_trials()]
    assert states == ["COMPLETE"] * 5 + ["PRUNED"]
    assert len(study.get_trials()[5].intermediate_values) < 5


def test_password_is_not_shown():
    assert "secret" not in str(tune.StudyPlace("postgresql://me:secret@host/db", "s"))


def test_a_study_is_of_one_search(tmp_path):
    place = tune.StudyPlace(f"sqlite:///{tmp_path / 'new' / 'study.db'}", "digits")
    opened = tune.opened(place, Search(seed=3))
    assert tune.num_finished(opened) == 0
    opened.optimize(lambda trial: 0.5, n_trials=2)
    assert tune.num_finished(tune.opened(place, Search(seed=3))) == 2
    with pytest.raises(TrainingError, match="begun with seed 3, not 4; keep to it"):
        tune.opened(place, Search(seed=4))


def test_values_out_of_their_range_are_refused():
    assert tune.settings(share=0.5) == Search(share=0.5)
    with pytest.raises(TrainingError, match="share 2: above 0 and at most 1 expected"):
        tune.settings(share=2)
