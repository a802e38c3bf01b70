"""Fit a context network: from where its run stands to the last epoch."""

import json
import logging
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import keras
from tqdm import tqdm

from train.context import context_network, patch_batches, patch_pool
from train.context.context_settings import ContextSettings
from train.context.patch_batches import PatchBatches
from train.fit import backend
from train.fit.callbacks import Checkpoint, Reseed
from train.page.crops import pool
from train.page.crops.pool import SceneSources

log = logging.getLogger(__name__)
FITTED_PARTS: tuple[Literal["train", "validation"], ...] = ("train", "validation")
_EMA_MOMENTUM = 0.998
_WARMUP_STEPS = 200


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
            patch_batches.load(patch_pool.files_of(run, settings, sources, part))
            for part in FITTED_PARTS
        )
        steps = -(-len(training.labels) // settings.batch_size)
        last = run / "last.keras"
        if last.exists():
            model = keras.saving.load_model(last)
        else:
            model = compiled(settings, steps)
        first_epoch = int(model.optimizer.iterations) // steps
        if first_epoch:
            log.info("Resuming after epoch %d of %d.", first_epoch, settings.epochs)
        history_path = run / "history.json"
        history = json.loads(history_path.read_text()) if first_epoch else []
        size = settings.batch_size
        model.fit(
            PatchBatches(
                training, batch_size=size, seed=settings.seed, epoch=first_epoch
            ),
            validation_data=PatchBatches(held, batch_size=size, seed=None),
            initial_epoch=first_epoch,
            epochs=settings.epochs,
            shuffle=False,
            callbacks=[
                Reseed(settings.seed),
                keras.callbacks.SwapEMAWeights(),  # for the validation only
                Checkpoint(run, history[:first_epoch], rank=_rank),
            ],
            verbose=1 if sys.stdout.isatty() else 2,
        )
    except KeyboardInterrupt:
        return False
    return True


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


def compiled(settings: ContextSettings, steps: int) -> keras.Model:
    """Return a fresh network, ready to be fitted.

    Args:
        settings: Of the run.
        steps: Batches of an epoch.
    """
    model = context_network.build()
    warmup = min(_WARMUP_STEPS, steps // 2)
    rate: Any = keras.optimizers.schedules.CosineDecay(
        0.0,
        settings.epochs * steps - warmup,
        warmup_target=settings.learning_rate,
        warmup_steps=warmup,
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            rate,
            weight_decay=settings.weight_decay,
            use_ema=True,
            ema_momentum=_EMA_MOMENTUM,
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=backend.jit(),
    )
    return model


def _rank(row: dict[str, float]) -> float:
    return -row["val_loss"]
