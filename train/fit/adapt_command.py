"""The command ``python -m train adapt``."""

import argparse
from pathlib import Path
from typing import Any

from edge_app.cli import commands
from edge_app.common import files, option_types
from edge_app.common.option_fields import add_options, values_of
from train.data import mnist as data
from train.data.data_options import DataOptions, add_run
from train.fit import backend
from train.fit.fit_settings import AdaptSettings, Settings, chosen

_MEASURED_WORDS = {"corrections": "corrected digits", "test": "MNIST's test images"}
_EXAMPLE = """\
example:
  edge-digits run --view web --corrections kept      correct some numbers there
  python -m train adapt kept --run runs/mine
  python -m convert runs/mine --to int8 --out mine
  edge-digits run --model mine/edge-int8.tflite
"""


def add(chosen: Any) -> None:
    """Add the command to those that can be chosen."""
    text = "fit the shipped network to digits that were corrected"
    parser: argparse.ArgumentParser = chosen.add_parser(
        "adapt",
        help=text,
        description=f"{text[0].upper()}{text[1:]}, and keep what else it reads.",
        epilog=_EXAMPLE,
        formatter_class=commands.HelpFormatter,
    )
    parser.set_defaults(command=_adapt, installed_by="train")
    add = parser.add_argument
    add(
        "folder",
        type=option_types.path,
        metavar="DIR",
        help="of edge-digits run --corrections, or --save-unsure once it is sorted",
    )
    add_run(parser, Path("runs") / "adapted", "folder for the results")
    add(
        "--start-from",
        type=option_types.path,
        metavar="RUN",
        help="a finished run's network instead of the shipped edge",
    )
    add_options(parser, DataOptions, names=("data", "unknowns"))
    add_options(parser, AdaptSettings)


def _adapt(arguments: argparse.Namespace) -> int:
    backend.start()
    from train.data import extra
    from train.fit import adapt, fitting, runs
    from train.networks import temperature as calibration
    from train.report import evaluate

    run: Path = arguments.run
    runs.check_free(run)
    before = adapt.start(arguments.start_from)
    num_outputs = int(before.output_shape[-1])
    corrections = extra.read(arguments.folder, num_outputs=num_outputs)
    how = AdaptSettings(**values_of(AdaptSettings, arguments))
    settings = _settings(arguments, how, before.name)
    mnist, test = data.load_both(arguments.data, settings.split, seed=settings.seed)
    training, held = fitting.validation_split(mnist, settings)
    anchors = adapt.anchors(training, arguments.unknowns, seed=settings.seed)
    rehearsed = adapt.rehearsal(before, anchors, how)
    after = adapt.adapted(before, corrections, rehearsed, how)
    temperature = calibration.temperature(evaluate.scores_of(after, held), held.labels)
    after = calibration.tempered(after, temperature)
    figures = {
        "temperature": temperature,
        "accept_threshold": evaluate.accept_threshold(evaluate.scores_of(after, held)),
        "made_by": _made_by(settings, len(corrections), len(training), len(held)),
    }
    for name, split in (("corrections", corrections), ("test", test)):
        old, new = (adapt.accuracy(model, split) for model in (before, after))
        figures[name] = {"before": old, "after": new}
        arguments.show(
            f"{_MEASURED_WORDS[name]}: {new:.2%} read rightly, {old:.2%} before"
        )
    runs.start(run, settings)
    with files.replacing(run / "model.keras") as path:
        after.save(path)
    files.write_json(run / "metrics.json", figures)
    arguments.show(
        f"{run / 'model.keras'}: next, python -m convert {run} --to int8 --out {run}"
    )
    return 0


def _settings(arguments: argparse.Namespace, how: AdaptSettings, arch: str) -> Settings:
    """Return the settings in a training's form, for what reads run folders."""
    start = arguments.start_from
    given = {
        "arch": arch,
        "epochs": how.epochs,
        "learning_rate": how.learning_rate,
        "start_from": None if start is None else str(start),
        "extra": str(arguments.folder),
        "seed": how.seed,
    }
    return chosen(given)


def _made_by(
    settings: Settings, num_corrections: int, num_training: int, num_held: int
) -> dict[str, Any]:
    from train.report import provenance

    described = provenance.describe(
        settings,
        data=provenance.data_of(settings),
        num_training=num_training,
        num_validation=num_held,
    )
    options = (
        f"--epochs {settings.epochs} --learning-rate {settings.learning_rate:g} "
        f"--seed {settings.seed}"
    )
    return {
        **described,
        "command": f"python -m train adapt DIR {options}",
        "data": f"{num_corrections} corrected digits; {described['data']}",
    }
