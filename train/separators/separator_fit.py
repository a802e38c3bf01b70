"""Fit a separator network: cut the gaps, then train from where its run stands."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import keras
from tqdm import tqdm

from edge_app.find.context.patches import PATCH_SIZE
from edge_app.find.separators.separator_patches import GAP_GRAY, NUM_GAP_CHANNELS
from edge_app.find.separators.separator_reader import SEPARATOR_LABELS
from edge_app.model.manifest import SEPARATOR
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.patches import patch_fit, patch_network
from train.patches.patch_batches import PatchSet, joined_sets
from train.patches.patch_network import PatchNetwork
from train.separators import gap_pool
from train.separators.separator_settings import SeparatorSettings

_SEPARATOR_SIZE = PatchNetwork(
    input_shape=(PATCH_SIZE, PATCH_SIZE, NUM_GAP_CHANNELS),
    channels=(12, 24, 32),
    blocks=(0, 1, 1),
    hidden_units=32,
    num_outputs=len(SEPARATOR_LABELS),
)


def fit(
    run: Path, settings: SeparatorSettings, sources: SceneSources, *, jobs: int
) -> bool:
    """Train until the last epoch, from where the run stands.

    Args:
        run: The run folder; its gaps are kept in `gaps` in it.
        settings: The run's settings.
        sources: Whose writing is in the scenes.
        jobs: Processes that cut gaps.

    Returns:
        Whether the training went to its end; `False` after Ctrl-C.
    """
    keras.utils.set_random_seed(settings.seed)
    try:
        training, held = (
            _gaps(cut_files(run, part, count, sources, jobs=jobs))
            for part, count in parts(settings)
        )
        patch_fit.fit(run, settings, build, training=training, held=held)
    except KeyboardInterrupt:
        return False
    return True


def parts(
    settings: SeparatorSettings,
) -> tuple[tuple[Literal["train", "validation"], int], ...]:
    """Return the parts that are fitted to and judged on, and their scenes."""
    return ("train", settings.scenes), ("validation", settings.validation_scenes)


def build() -> keras.Model:
    """Return a separator network with fresh weights.

    Returns:
        A model from `(N, 48, 48, 2)` float32 in 0..1 (see
        `edge_app.find.separators.separator_patches`) to `(N, 6)` logits of
        `SEPARATOR_LABELS`.
    """
    return patch_network.build(_SEPARATOR_SIZE, SEPARATOR)


def cut_files(
    run: Path,
    part: Literal["train", "validation", "test"],
    count: int,
    sources: SceneSources,
    *,
    jobs: int,
) -> list[Path]:
    """Return the files with the gaps of a part, cut where they are not there yet."""
    folder = gap_pool.gaps_folder(run, part)
    done = gap_pool.cut(
        gap_pool.of_part(sources, part), folder, range(count), jobs=jobs
    )
    with tqdm(total=count, unit="scene", desc=f"{part} gaps", leave=False) as bar:
        for more in done:
            bar.update(more)
    return [pool.path(folder, number) for number in range(count)]


def _gaps(files: Sequence[Path]) -> PatchSet:
    found = map(gap_pool.read, files)
    return joined_sets(((gaps.patches, gaps.labels) for gaps in found), GAP_GRAY)
