import numpy as np
import pytest
from needed import need

need("keras", reason="context networks are trained with Keras")

from edge_app.common.errors import TrainingError
from edge_app.find.context.context_verdict import CONTEXT_LABELS
from edge_app.find.context.patches import CONTEXT_GRAY, NUM_CHANNELS, PATCH_SIZE
from train.context import context_fit, patch_pool
from train.context.context_settings import ContextSettings
from train.page import network
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.patches.patch_batches import PatchSet


def test_the_network_gives_a_logit_a_label():
    model = context_fit.build()
    logits = model(np.zeros((3, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS), np.float32))
    assert tuple(logits.shape) == (3, len(CONTEXT_LABELS))


def test_another_network_is_nothing_to_start_from(tmp_path, random_patches):
    network.build("page-lite").save(tmp_path / "best.keras")
    settings = ContextSettings(page_run="any", start_from=str(tmp_path))
    patches = PatchSet(random_patches(1), np.zeros(1), np.ones(1), CONTEXT_GRAY)
    with pytest.raises(TrainingError, match="holds no context network to start from"):
        context_fit.begun(settings, patches)


def test_what_is_there_is_not_made_again(tmp_path):
    run, page_run = tmp_path / "run", tmp_path / "page"
    settings = ContextSettings(page_run=str(page_run), scenes=2, validation_scenes=1)
    sources = SceneSources(tmp_path / "no MNIST", None)
    kept = [pool.path(page_run / "scenes" / "train", number) for number in (0, 1)]
    kept += [pool.path(page_run / "scenes" / "validation", 0)]
    for part in context_fit.FITTED_PARTS:
        kept += patch_pool.files_of(run, settings, sources, part)
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"as it was")
    context_fit.prepare(run, settings, sources, jobs=1)
    assert len(kept) == 6
    assert all(path.read_bytes() == b"as it was" for path in kept)
