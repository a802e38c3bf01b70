import pytest
from needed import need

need("keras", reason="which networks there are is known with Keras")

from edge_app.common.errors import TrainingError
from train.fit.fit_settings import RECIPES, Settings, chosen, recipe
from train.networks.architectures import ARCHITECTURES


@pytest.mark.parametrize("arch", RECIPES)
def test_each_recipe_is_of_a_network_and_differs_from_the_defaults(arch):
    assert arch in ARCHITECTURES
    found, plain = vars(recipe(arch)), vars(Settings(arch=arch))
    changed = {name: found[name] for name in found if found[name] != plain[name]}
    assert changed == RECIPES[arch]


def test_what_is_given_goes_before_the_recipe():
    settings = chosen({"arch": "report", "epochs": 3})
    assert (settings.epochs, settings.ema_momentum) == (3, 0.0)
    assert chosen({}) == recipe("edge")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"arch": "none"}, "arch 'none': one of .*edge.* expected"),
        ({"schedule": "linear"}, "'linear': one of cosine, plateau, constant expected"),
        ({"split": "half"}, "split 'half': one of standard, stratified80 expected"),
        ({"repeats": 0}, "repeats 0: at least 1 expected"),
        ({"patience": -1}, "patience -1: 0 or more expected"),
        ({"learning_rate": float("inf")}, "learning_rate inf: above 0 expected"),
        ({"validation_share": 0.0}, "validation_share 0.0: between 0 and 1 expected"),
        ({"teachers_share": 1.5}, "teachers_share 1.5: 0 to 1 expected"),
        ({"strength": -0.5}, "strength -0.5: 0 to 1 expected"),
        ({"digit_share": 1.0}, "digit_share 1.0: between 0 and 1 expected"),
        ({"dropout": 1.0}, "dropout 1.0: 0 to below 1 expected"),
    ],
)
def test_values_out_of_their_range_are_refused(given, message):
    with pytest.raises(TrainingError, match=message):
        chosen(given)


@pytest.mark.parametrize(
    "given",
    [{"dropout": 0.0}, {"strength": 1.0}, {"teachers_share": 0.0}, {"patience": 0}],
)
def test_the_ends_of_a_range_belong_to_it(given):
    assert vars(chosen(given)).items() >= given.items()
