import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")
optuna = pytest.importorskip("optuna", reason="needs the extra tune")

from train.networks import architectures
from train.tune import search_space

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tune")]


def test_a_candidate_is_the_reports_network():
    candidate = search_space.TrialNetwork(3, 128, 1e-3, 2, 32, 0.4)
    ours, theirs = search_space.network(candidate), architectures.report()
    assert ours.count_params() == theirs.count_params() == 225_930
    kinds = [type(layer) for layer in theirs.layers]
    assert [type(layer) for layer in ours.layers] == kinds


@pytest.mark.parametrize("num_layers", [1, 2, 3])
def test_every_depth_can_be_built(num_layers):
    model = search_space.network(
        search_space.TrialNetwork(3, 32, 1e-3, num_layers, 8, 0)
    )
    assert model.output_shape == (None, 10)


def test_what_a_trial_tries_lies_within_the_search():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    for _ in range(30):
        found = search_space.suggested(study.ask(), max_epochs=7)
        assert 3 <= found.epochs <= 7
        assert found.batch_size in search_space.BATCH_SIZES
        assert 1e-4 <= found.learning_rate <= 1e-2
        assert found.num_layers in (1, 2, 3)
        assert found.filters in range(8, 65, 8)
        assert 0 <= found.dropout <= 0.6


def test_a_search_of_few_epochs_takes_no_more():
    trial = optuna.create_study().ask()
    assert search_space.suggested(trial, max_epochs=1).epochs == 1
