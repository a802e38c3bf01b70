"""`python -m train`: the data, the training of a classifier and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from edge_app.cli import commands
from edge_app.common import files
from edge_app.common.errors import TrainingError
from edge_app.model.classify import NUM_DIGITS
from train.data import extra, run_images
from train.data import mnist as data
from train.data.data_options import DataOptions
from train.data.rejects import RejectSources, odds, with_rejects
from train.data.run_images import RunImages
from train.fit import fitting, runs
from train.fit.fit_settings import Extras, Settings, chosen
from train.networks import temperature as calibration
from train.report import evaluate, provenance, training_report


def train(
    given: Mapping[str, Any],
    *,
    run: Path,
    sources: DataOptions,
    resume: bool,
    extras: Extras,
    say: Callable[[str], None],
) -> int:
    """Train a classifier and write its run folder; return the exit status.

    Args:
        given: Settings by name; those left out are at their defaults.
        run: The run folder.
        sources: Where the data are.
        resume: Whether the run there goes on.
        extras: What the run keeps besides its results.
        say: Takes what the user should know, a line each.

    Raises:
        TrainingError: A setting is out of its range, or differs from the resumed run's.
        DataError: The data are not where they were said to be, or damaged.
    """
    settings = runs.resumed(run, given) if resume else chosen(given)
    has_reject = fitting.num_outputs(settings) > NUM_DIGITS
    if settings.digit_share is not None and not has_reject:
        raise TrainingError(
            f"--digit-share {settings.digit_share}: {settings.arch} has no output for "
            "what is no digit; edge and teacher have"
        )
    if not resume:
        runs.check_free(run)  # before anything is downloaded
    images = _loaded(settings, sources, has_reject=has_reject)
    if not resume:
        runs.start(run, settings)
    finished = fitting.fit(run, settings, images.training, images.validation, extras)
    if not (history := runs.history_of(run)):
        say(f"Stopped within the first epoch; {run} holds no model yet.")
        return commands.INTERRUPTED
    best = runs.best_epoch(history)
    epoch = f"epoch {best['epoch']:.0f}, validation accuracy {best['val_accuracy']:.2%}"
    if not finished:
        say(f"\nStopped. {run / 'best.keras'} is the best so far: {epoch}.")
        say("Go on with --resume.")
        return commands.INTERRUPTED
    metrics = _measured(run, settings, images)
    files.write_json(run / "metrics.json", metrics)
    training_report.write(run, images.test)
    accuracy = metrics["test"]["accuracy"]
    say(f"{run / 'model.keras'}: {epoch}, MNIST test accuracy {accuracy:.2%}")
    say(f"{run / 'report.html'}: the pictures")
    return 0


def prepare(path: Path, given: Mapping[str, Any], sources: DataOptions) -> RunImages:
    """Make the images of a network with a reject output, write and return them.

    Args:
        path: The NPZ file.
        given: Settings by name that decide the images: `seed`, `hands`.
        sources: Where the data are.

    Raises:
        DataError: The data are not where they were said to be, or damaged.
    """
    images = _made(chosen(given), sources, has_reject=True)
    run_images.write(path, images)
    return images


def _loaded(settings: Settings, sources: DataOptions, *, has_reject: bool) -> RunImages:
    more: list[data.Split] = []
    if settings.extra is not None:  # first, since the others take a minute to make
        num_outputs = fitting.num_outputs(settings)
        more = [extra.read(Path(settings.extra), num_outputs=num_outputs)]
    if settings.images is None:
        images = _made(settings, sources, has_reject=has_reject)
    else:
        _check_images(settings, has_reject=has_reject)
        images = run_images.read(Path(settings.images))
    if not more:
        return images
    return replace(images, training=data.joined([images.training, *more]))


def _check_images(settings: Settings, *, has_reject: bool) -> None:
    """Check that a run can be fitted to a file with images.

    Raises:
        TrainingError: Its network has no use for them, or it wants others.
    """
    if not has_reject:
        raise TrainingError(
            f"--images {settings.images}: {settings.arch} has no output for what is no "
            "digit; edge and teacher have"
        )
    for name in ("split", "validation_share"):
        if (value := getattr(settings, name)) != getattr(Settings, name):
            raise TrainingError(
                f"--{name.replace('_', '-')} {value}: --images {settings.images} has "
                "its parts already; leave one of the two out"
            )


def _made(settings: Settings, sources: DataOptions, *, has_reject: bool) -> RunImages:
    mnist, test = data.load_both(sources.data, settings.split, seed=settings.seed)
    is_mnist = settings.split == data.SPLITS[0]
    writers = data.writers(sources.data) if is_mnist else None
    training, held_mnist = fitting.validation_split(mnist, settings, writers)
    validation = held_mnist
    if has_reject:
        training, validation = with_rejects(
            training,
            validation,
            RejectSources(sources.unknowns, sources.strokes, sources.jobs),
            seed=settings.seed,
        )
    return RunImages(
        training, validation, held_mnist, test, provenance.data_of(settings)
    )


def _measured(run: Path, settings: Settings, images: RunImages) -> dict[str, Any]:
    is_digit = images.validation.labels < NUM_DIGITS
    validation = images.validation.only(is_digit)
    model = runs.load_model(run / "best.keras")
    if settings.digit_share is not None:
        likelier = odds(images.training, settings.digit_share)
        model = calibration.expecting(model, odds=likelier)
    temperature = calibration.temperature(
        evaluate.scores_of(model, validation), validation.labels
    )
    model = calibration.tempered(model, temperature)
    with files.replacing(run / "model.keras") as path:
        model.save(path)
    scores = evaluate.scores_of(model, validation)
    return {
        "parameters": model.count_params(),
        "best_epoch": runs.best_epoch(runs.history_of(run))["epoch"],
        "temperature": temperature,
        # Drawings and crops that nobody can read would lower it.
        "accept_threshold": evaluate.accept_threshold(
            evaluate.scores_of(model, images.held_mnist)
        ),
        "validation": evaluate.metrics(scores, validation.labels),
        "test": evaluate.metrics(
            evaluate.scores_of(model, images.test), images.test.labels
        ),
        "made_by": provenance.describe(
            settings,
            data=images.description,
            num_training=len(images.training),
            num_validation=len(validation),
        ),
    }
