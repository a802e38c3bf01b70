import json
import shutil

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np
from keras import layers

from convert.conversion_options import SceneOptions
from convert.page_network import looks, trained
from edge_app.common.errors import ConversionError, DataError
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from edge_app.find.page.page_file import DEFAULT_THRESHOLDS, labels
from train.page.crops import pool

SETTINGS = {"arch": "page-lite", "side": 32, "seed": 7}
METRICS = {"f1": 0.625, "thresholds": {"peak": 0.25}, "made_by": {"seed": 7}}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of a network that knows nothing, with two scenes more than verify it."""
    run = tmp_path_factory.mktemp("runs") / "page-lite"
    scenes = run / "scenes" / "validation"
    scenes.mkdir(parents=True)
    rng = np.random.default_rng(1)
    for number in range(looks.SAMPLES.num_verified + 2):
        scene = pool.Rendered(
            rng.integers(0, 256, (40, 56), np.uint8),
            np.zeros((40, 56), np.uint8),
            np.array([[8, 8, 16, 20]], np.float32),
            np.array([3]),
            np.zeros((0, 4), np.float32),
        )
        np.savez(pool.path(scenes, number), **vars(scene))
    picture = keras.Input((None, None, 1))
    maps = [layers.Conv2D(n, 1)(picture) for n in (len(Kind), NUM_SIZES, NUM_INK)]
    keras.Model(picture, maps).save(run / "best.keras")
    (run / "settings.json").write_text(json.dumps(SETTINGS))
    (run / "metrics.json").write_text(json.dumps(METRICS))
    return run


@pytest.fixture
def run(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "run")


@pytest.mark.parametrize(
    ("content", "arch"),
    [
        ('{"arch": "page-lite"}', "page-lite"),
        ('{"arch": "report"}', None),
        ('{"arch": 5}', None),
        ('["arch"]', None),
        ("{", None),
        (None, None),
    ],
)
def test_which_page_network_a_run_is_of(tmp_path, content, arch):
    if content is not None:
        (tmp_path / "settings.json").write_text(content)
    assert trained.arch_of(tmp_path) == arch


def test_the_finished_network_is_taken_or_the_best_so_far(tmp_path):
    assert trained.model_file(tmp_path).name == "best.keras"
    (tmp_path / "model.keras").touch()
    assert trained.model_file(tmp_path) == tmp_path / "model.keras"


def test_a_run_is_read_with_its_scenes(finished):
    found = trained.read(finished, SceneOptions(num_samples=6))
    assert found.name == "page-lite"
    assert found.calibration.shape == (6, 32, 32, 1)
    # Each scene as it is and halved, its sides filled up to multiples of 16.
    assert {picture.shape for picture in found.pictures} == {(48, 64), (32, 32)}
    assert len(found.pictures) == 2 * looks.SAMPLES.num_verified
    assert found.thresholds == DEFAULT_THRESHOLDS | {"peak": 0.25}
    assert found.accuracy == 0.625
    assert found.made_by["train"] == METRICS["made_by"]
    command = "python -m convert RUN --calibration-samples 6 --seed 7"
    assert found.made_by["convert"]["command"] == command
    said = found.metadata()
    assert json.loads(said["labels"]) == list(labels())
    assert json.loads(said["thresholds"]) == found.thresholds


def test_the_seed_decides_which_crops_calibrate(finished):
    first, same, other = (
        trained.read(finished, SceneOptions(num_samples=4, seed=seed)).calibration
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_a_run_that_was_not_measured_yet(run):
    (run / "metrics.json").unlink()
    found = trained.read(run, SceneOptions(num_samples=2))
    assert found.accuracy == 0
    assert found.thresholds == DEFAULT_THRESHOLDS
    train = {"command": "python -m train --arch page-lite", "seed": 7}
    assert found.made_by["train"] == train


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("metrics.json", "{", r"metrics\.json: not JSON \("),
        ("metrics.json", "[]", r"metrics\.json: not what python -m train writes"),
        ("best.keras", None, r"holds no network yet .* --arch page-lite$"),
    ],
)
def test_what_is_no_run_yet(run, file, content, message):
    (run / file).unlink()
    if content is not None:
        (run / file).write_text(content)
    with pytest.raises(ConversionError, match=message):
        trained.read(run, SceneOptions())


def test_scenes_that_are_missing_or_elsewhere(run, finished):
    (run / "scenes").rename(run / "others")
    with pytest.raises(DataError, match="more than 48 rendered scenes expected, got 0"):
        trained.read(run, SceneOptions())
    options = SceneOptions(num_samples=2, scenes=run / "others")
    assert len(trained.read(run, options).calibration) == 2
