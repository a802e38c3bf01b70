import json
import shutil

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np
from keras import layers

from convert.conversion_options import SampleOptions
from convert.patch_networks import trained_patches
from edge_app.common.errors import ConversionError, DataError, ModelError
from edge_app.find.context.context_verdict import CONTEXT_LABELS
from train.page.crops import pool

METRICS = {"f1": 0.75, "thresholds": {"accept": 0.4}, "made_by": {"seed": 3}}
# Candidates of each validation scene: each has a level of gray of its own.
COUNTS = (3, 0, 2, 4)


def write_patches(folder):
    folder.mkdir(parents=True)
    levels = iter(range(1, 100))
    for number, count in enumerate(COUNTS):
        patches = np.zeros((count, 48, 48, 3), np.uint8)
        for patch in patches:
            patch[..., 1] = next(levels)  # ink, which is not stretched
        opinions = dict.fromkeys(
            ("shares", "near_log_odds", "near", "page", "edge", "logits"),
            np.zeros(count),
        )
        known = {"labels": np.zeros(count, np.int64), "num_missed": np.array(0)}
        np.savez(pool.path(folder, number), patches=patches, **opinions, **known)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "context"
    write_patches(run / "patches" / "validation")
    patch = keras.Input((48, 48, 3))
    pooled = layers.GlobalAveragePooling2D()(patch)
    keras.Model(patch, layers.Dense(len(CONTEXT_LABELS))(pooled)).save(
        run / "best.keras"
    )
    (run / "settings.json").write_text('{"arch": "context", "seed": 3}')
    (run / "metrics.json").write_text(json.dumps(METRICS))
    return run


@pytest.fixture
def run(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "run")


@pytest.mark.parametrize(
    ("content", "arch"),
    [
        ('{"arch": "context"}', "context"),
        ('{"arch": "separator"}', "separator"),
        ('{"arch": "page"}', None),
        ('["arch"]', None),
        ("{", None),
        (None, None),
    ],
)
def test_which_folder_is_a_run(tmp_path, content, arch):
    if content is not None:
        (tmp_path / "settings.json").write_text(content)
    assert trained_patches.arch_of_run(tmp_path) == arch


def test_the_first_half_of_the_scenes_calibrates_and_the_other_verifies(finished):
    found = trained_patches.read(finished, "context", SampleOptions())
    levels = [
        sorted(round(255 * float(patch[0, 0, 1])) for patch in patches)
        for patches in (found.calibration, found.verification)
    ]
    assert levels == [[1, 2, 3], [4, 5, 6, 7, 8, 9]]
    assert found.model.output_shape == (None, len(CONTEXT_LABELS))
    assert (found.accuracy, found.thresholds) == (0.75, {"accept": 0.4})
    assert found.made_by["train"] == {"seed": 3}
    command = "python -m convert RUN --calibration-samples 500 --seed 3"
    assert found.made_by["convert"]["command"] == command
    said = found.metadata()
    assert json.loads(said["labels"]) == list(CONTEXT_LABELS)
    assert json.loads(said["thresholds"]) == {"accept": 0.4}


def test_so_many_patches_calibrate_and_the_seed_decides_which(finished):
    first, same, *others = (
        trained_patches.read(
            finished, "context", SampleOptions(num_samples=2, seed=seed)
        )
        for seed in (1, 1, 2, 3, 4)
    )
    assert len(first.calibration) == 2
    np.testing.assert_array_equal(first.calibration, same.calibration)
    assert not all(np.array_equal(first.calibration, o.calibration) for o in others)
    assert len(first.verification) == 6
    assert first.made_by["convert"]["command"].endswith("samples 2 --seed 1")


@pytest.mark.parametrize(
    ("file", "content"),
    [("metrics.json", None), ("metrics.json", "{"), ("settings.json", "{}")],
)
def test_what_is_no_finished_run(run, file, content):
    (run / file).unlink()
    if content is not None:
        (run / file).write_text(content)
    message = f"^{run}: a finished run expected.* --run {run} --resume"
    with pytest.raises(ConversionError, match=message):
        trained_patches.read(run, "context", SampleOptions())


@pytest.mark.parametrize("kept", [0, 1])
def test_patches_that_are_missing(run, kept):
    folder = run / "patches" / "validation"
    for number in range(kept, len(COUNTS)):
        pool.path(folder, number).unlink()
    with pytest.raises(
        DataError, match="patches of validation scenes expected, got none"
    ):
        trained_patches.read(run, "context", SampleOptions())


def test_another_file_than_is_meant(finished):
    with pytest.raises(ModelError, match=r"best\.keras: SHA-256 00\.\.\. expected"):
        trained_patches.read(finished, "context", SampleOptions(sha256="00"))
