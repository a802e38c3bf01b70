import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import numpy as np

from edge_app.common.errors import DataError, TrainingError
from train.data.mnist import Split
from train.fit import fitting
from train.fit.fit_settings import Settings, recipe
from train.networks.architectures import ARCHITECTURES


@pytest.fixture
def digits():
    """Two hundred images, each with its number in its first two pixels."""
    images = np.zeros((200, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(200)
    return Split(images, (np.arange(200) % 10).astype(np.uint8))


def numbers(part):
    return set(part.images[:, 0, 0].tolist())


def test_a_share_of_the_images_is_held_out_by_the_runs_seed(digits):
    settings = Settings(validation_share=0.2, seed=1)
    training, held = fitting.validation_split(digits, settings)
    assert (len(training), len(held)) == (160, 40)
    assert not numbers(training) & numbers(held)
    assert numbers(held) == numbers(fitting.validation_split(digits, settings)[1])
    other = Settings(validation_share=0.2, seed=2)
    assert numbers(held) != numbers(fitting.validation_split(digits, other)[1])


def test_nobody_wrote_in_both_parts_where_writers_are_known(digits):
    writers = np.arange(200) // 20
    training, held = fitting.validation_split(
        digits, Settings(validation_share=0.2), writers
    )
    wrote = [{number // 20 for number in numbers(part)} for part in (training, held)]
    assert not wrote[0] & wrote[1]
    assert len(held) >= 40


def test_a_share_that_is_too_small_holds_nothing_out(digits):
    with pytest.raises(DataError, match="2 of 200 images cannot be held out"):
        fitting.validation_split(digits, Settings(validation_share=0.01))


@pytest.mark.parametrize(("arch", "expected"), [("lenet5", 10), ("edge", 11)])
def test_a_network_has_an_output_more_where_one_is_for_rejects(arch, expected):
    assert fitting.num_outputs(recipe(arch)) == expected


def test_a_training_starts_from_a_network_of_its_kind_alone(digits, tmp_path):
    ARCHITECTURES["edge"]().save(tmp_path / "model.keras")
    settings = Settings(arch="lenet5", start_from=str(tmp_path), augment=False)
    with pytest.raises(TrainingError, match="network edge; lenet5 can only start from"):
        fitting.fit(tmp_path / "run", settings, digits, digits)
