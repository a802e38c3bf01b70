"""The command ``python -m train adapt``."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_app.cli import commands
from edge_app.common import files
from train.data import mnist as data
from train.fit import backend

if TYPE_CHECKING:
    from train.fit.settings import Settings

_WORDS = {"corrections": "corrected digits", "test": "MNIST's test images"}
_EXAMPLE = """\
example:
  edge-digits run --view web --corrections kept      correct some numbers there
  python -m train adapt kept --run runs/mine
  python -m convert runs/mine --to int8 --out mine
  edge-digits run --model mine/edge-int8.tflite
"""


def add(chosen: Any, *, data_help: str) -> None:
    """Add the command to those that can be chosen.

    Args:
        chosen: The commands.
        data_help: What the option that names MNIST's files does.
    """
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
        type=Path,
        metavar="DIR",
        help="of edge-digits run --corrections, or --save-unsure once it is sorted",
    )
    add(
        "--run",
        type=Path,
        default=Path("runs") / "adapted",
        metavar="DIR",
        help="folder for the results",
    )
    add(
        "--start-from",
        type=Path,
        metavar="RUN",
        help="a finished run's network instead of the shipped edge",
    )
    add("--data", type=Path, metavar="PATH", help=data_help)
    add(
        "--unknowns",
        type=Path,
        metavar="DIR",
        help="folder with Omniglot's archives (default: download them once)",
    )
    add("--epochs", type=commands.positive, default=6, help="of some 4,500 images each")
    add("--learning-rate", type=float, default=3e-4, help="Adam's first rate")
    add("--seed", type=int, default=1, help="of everything random")


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
    settings = _settings(arguments, before.name)
    mnist, test = data.load_both(arguments.data, settings.split, seed=settings.seed)
    training, held = fitting.validation_split(mnist, settings)
    anchors = adapt.anchors(training, arguments.unknowns, seed=settings.seed)
    how = adapt.Settings(settings.epochs, settings.learning_rate, seed=settings.seed)
    after = adapt.adapted(before, corrections, anchors, how)
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
        arguments.show(f"{_WORDS[name]}: {new:.2%} read rightly, {old:.2%} before")
    runs.start(run, settings)
    with files.replacing(run / "model.keras") as path:
        after.save(path)
    files.write_json(run / "metrics.json", figures)
    arguments.show(
        f"{run / 'model.keras'}: next, python -m convert {run} --to int8 --out {run}"
    )
    return 0


def _settings(arguments: argparse.Namespace, arch: str) -> "Settings":
    """Return the settings in a training's form, for what reads run folders."""
    from train.fit.settings import chosen

    start = arguments.start_from
    given = {
        "arch": arch,
        "epochs": arguments.epochs,
        "learning_rate": arguments.learning_rate,
        "start_from": None if start is None else str(start),
        "extra": str(arguments.folder),
        "seed": arguments.seed,
    }
    return chosen(given)


def _made_by(
    settings: "Settings", num_corrections: int, num_training: int, num_held: int
) -> dict[str, Any]:
    from train.report import provenance

    described = provenance.describe(
        settings, num_training=num_training, num_validation=num_held
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
