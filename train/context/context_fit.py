"""Fit a context network: from where its run stands to the last epoch."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import keras
from tqdm import tqdm

from edge_app.find.context.context_verdict import CONTEXT_LABELS
from edge_app.find.context.patches import NUM_CHANNELS, PATCH_SIZE, stretched
from edge_app.model.manifest import CONTEXT
from train.context import patch_pool
from train.context.context_settings import ContextSettings
from train.fit.given_settings import SHIPPED
from train.networks import shipped
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.patches import patch_fit, patch_network
from train.patches.patch_batches import PatchSet
from train.patches.patch_network import PatchNetwork

FITTED_PARTS: tuple[Literal["train", "validation"], ...] = ("train", "validation")
_STATISTICS_OF = 1024  # about as many patches
_CONTEXT_SIZE = PatchNetwork(
    input_shape=(PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS),
    channels=(16, 32, 64),
    blocks=(1, 4, 5),
    hidden_units=64,
    num_outputs=len(CONTEXT_LABELS),
)


def fit(
    run: Path, settings: ContextSettings, sources: SceneSources, *, jobs: int
) -> bool:
    """Train until the last epoch, from where the run stands.

    Args:
        run: The run folder; its patches are kept in `patches` in it.
        settings: The run's settings.
        sources: Whose writing is in scenes that must still be rendered.
        jobs: Processes that cut patches.

    Returns:
        Whether the training went to its end; `False` after Ctrl-C.
    """
    keras.utils.set_random_seed(settings.seed)
    try:
        prepare(run, settings, sources, jobs=jobs)
        training, held = (
            patch_pool.judged_patches(patch_pool.files_of(run, settings, sources, part))
            for part in FITTED_PARTS
        )
        begin = partial(begun, settings, training)
        patch_fit.fit(run, settings, begin, training=training, held=held)
    except KeyboardInterrupt:
        return False
    return True


def build() -> keras.Model:
    """Return a context network with fresh weights.

    Returns:
        A model from `(N, 48, 48, 3)` float32 in 0..1 (see
        `edge_app.find.context.patches`) to `(N, 14)` logits of `CONTEXT_LABELS`.
    """
    return patch_network.build(_CONTEXT_SIZE, CONTEXT)


def begun(settings: ContextSettings, training: PatchSet) -> keras.Model:
    """Return the network that a run begins with.

    Args:
        settings: The run's settings.
        training: What it will learn from.

    Raises:
        TrainingError: The settings name a run to start from that has no such network.
    """
    model = build()
    if settings.start_from is not None:
        shipped.start(model, settings.start_from, keras.saving.load_model)
    if settings.start_from == SHIPPED:
        every = max(1, len(training.labels) // _STATISTICS_OF)
        inputs = stretched(training.patches[::every], training.gray)
        shipped.with_statistics_of(model, inputs)
    return model


def prepare(
    run: Path, settings: ContextSettings, sources: SceneSources, *, jobs: int
) -> None:
    """Render the scenes and cut the patches that are not there yet."""
    assert settings.page_run is not None
    for part in FITTED_PARTS:
        of_part = replace(sources, part=part)
        scenes = Path(settings.page_run) / "scenes" / part
        folder, glyph_folder = patch_pool.folders(run, part)
        numbers, pages = map(
            range, settings.counts(part, with_strokes=bool(sources.strokes))
        )
        read = partial(pool.read, scenes)
        write = partial(patch_pool.glyph_scene, of_part)
        for what, over, done in (
            ("scenes", numbers, pool.render(scenes, of_part, numbers, jobs=jobs)),
            ("patches", numbers, patch_pool.cut(read, folder, numbers, jobs=jobs)),
            ("glyphs", pages, patch_pool.cut(write, glyph_folder, pages, jobs=jobs)),
        ):
            desc = f"{part} {what}"
            with tqdm(total=len(over), unit="scene", desc=desc, leave=False) as bar:
                for more in done:
                    bar.update(more)
