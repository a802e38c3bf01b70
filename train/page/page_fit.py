"""Fit a page network: from where its run stands to the last epoch."""

import json
import logging
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from train.fit import backend
from train.fit.callbacks import Checkpoint
from train.fit.given_settings import SHIPPED
from train.networks import shipped
from train.page import network
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.page.losses import LOSS_WEIGHTS, LOSSES
from train.page.page_batches import CropBatches
from train.page.page_settings import PageSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageFitConstants:
    """Steps of a fit.

    Attributes:
        most_warmup_steps: In which the learning rate grows; of a short epoch, half.
        num_validation_steps: Batches that each epoch is judged on.
        validation_seed: Of their crops: the same each epoch, whatever the run's seed.
    """

    most_warmup_steps: int = 500
    num_validation_steps: int = 40
    validation_seed: int = 0


_PAGE_FIT = PageFitConstants()


def fit(run: Path, settings: PageSettings, sources: SceneSources, *, jobs: int) -> bool:
    """Train until the last epoch, from where the run stands.

    Args:
        run: The run folder; its scenes are kept in `scenes` in it.
        settings: The run's settings.
        sources: Whose writing is in the scenes.
        jobs: Processes that render beside the training.

    Returns:
        Whether the training went to its end; `False` after Ctrl-C.
    """
    keras.utils.set_random_seed(settings.seed)
    last = run / "last.keras"
    model = keras.saving.load_model(last) if last.exists() else compiled(settings)
    first_epoch = int(model.optimizer.iterations) // settings.steps
    if first_epoch:
        log.info("Resuming after epoch %d of %d.", first_epoch, settings.epochs)
    history = json.loads((run / "history.json").read_text()) if first_epoch else []
    held = replace(sources, part="validation")
    validation_folder = run / "scenes" / "validation"
    _render(validation_folder, held, settings.validation_scenes, jobs)
    training_folder = run / "scenes" / "train"
    _render(training_folder, sources, settings.scenes_at(first_epoch), jobs)
    batches = GrowingBatches(training_folder, settings, sources, first_epoch, jobs)
    if not first_epoch and settings.start_from == SHIPPED:
        _adjust_statistics(model, batches)
    try:
        model.fit(
            batches,
            validation_data=_validation_batches(validation_folder, settings),
            initial_epoch=first_epoch,
            epochs=settings.epochs,
            shuffle=False,
            callbacks=[Checkpoint(run, history[:first_epoch], rank=_rank)],
            verbose=1 if sys.stdout.isatty() else 2,
        )
    except KeyboardInterrupt:
        return False
    return True


def _adjust_statistics(model: keras.Model, batches: CropBatches) -> None:
    """Adjust a shipped network's statistics to the first batches."""
    inputs = [batches[index][0] for index in range(min(8, len(batches)))]
    shipped.with_statistics_of(model, np.concatenate(inputs))


def _validation_batches(folder: Path, settings: PageSettings) -> CropBatches:
    return CropBatches(
        folder,
        num_scenes=settings.validation_scenes,
        steps=_PAGE_FIT.num_validation_steps,
        seed=_PAGE_FIT.validation_seed,
        batch_size=settings.batch_size,
        side=settings.side,
        is_varied_by_epoch=False,
    )


class GrowingBatches(CropBatches):
    """Batches from ever more scenes: each epoch begins with rendering its new ones."""

    def __init__(
        self,
        folder: Path,
        settings: PageSettings,
        sources: SceneSources,
        first_epoch: int,
        jobs: int,
    ) -> None:
        """Start with an epoch, whose scenes are there."""
        super().__init__(
            folder,
            num_scenes=settings.scenes_at(first_epoch),
            batch_size=settings.batch_size,
            side=settings.side,
            steps=settings.steps,
            seed=settings.seed,
            epoch=first_epoch,
        )
        self._settings, self._sources, self._jobs = settings, sources, jobs

    def on_epoch_end(self) -> None:
        """Go on to the next epoch's crops, with its scenes."""
        super().on_epoch_end()
        self.num_scenes = self._settings.scenes_at(self.epoch)
        if self.epoch < self._settings.epochs:
            _render(self.folder, self._sources, self.num_scenes, self._jobs)
            self.look_through()


def _rank(row: dict[str, float]) -> float:
    return -row["val_loss"]


def compiled(settings: PageSettings) -> keras.Model:
    """Return the network that a run begins with, ready to be fitted.

    Raises:
        TrainingError: The settings name a run to start from that has no such network.
    """
    model = network.build(settings.arch)
    if settings.start_from is not None:
        shipped.start(model, settings.start_from, network.load)
    warmup = min(_PAGE_FIT.most_warmup_steps, settings.steps // 2)
    rate: Any = keras.optimizers.schedules.CosineDecay(
        0.0,
        settings.epochs * settings.steps - warmup,
        warmup_target=settings.learning_rate,
        warmup_steps=warmup,
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            rate,
            weight_decay=settings.weight_decay,
            clipnorm=5.0,
        ),
        loss=LOSSES,
        loss_weights=LOSS_WEIGHTS,
        jit_compile=backend.jit(),
    )
    return model


def _render(folder: Path, sources: SceneSources, count: int, jobs: int) -> None:
    with tqdm(
        total=count, unit="scene", desc=f"{sources.part} scenes", leave=False
    ) as bar:
        for done in pool.render(folder, sources, range(count), jobs=jobs):
            bar.update(done)
