"""The command ``python -m train``."""

import argparse
import dataclasses
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_app import commands, files
from train import backend

if TYPE_CHECKING:
    from train.data import Split
    from train.fit import Settings

EXAMPLES = """\
examples:
  python -m train                             download MNIST, train into runs/report
  python -m train --data ../shared/data/mnist  use files that are already there
  python -m train --resume                    go on after Ctrl-C or a power cut
  python -m train --run runs/quick --epochs 2
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Train one network and write its run folder."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    return commands.exit_status(lambda: _train(arguments), prog="train", extra="train")


def _train(arguments: argparse.Namespace) -> int:
    backend.start()
    from train import data, fit, report

    given = _given_settings(arguments)
    run: Path = arguments.run or Path("runs") / given.get("arch", fit.Settings.arch)
    settings = fit.resumed(run, given) if arguments.resume else fit.settings(given)
    mnist, test = data.load(arguments.data, "train"), data.load(arguments.data, "t10k")
    training, validation = fit.validation_split(mnist, settings)
    if not arguments.resume:
        fit.start(run, settings)

    finished = fit.fit(run, settings, training, validation)
    history = fit.history_of(run)
    if not history:
        print(f"Stopped within the first epoch; {run} holds no model yet.")
        return commands.INTERRUPTED
    best = fit.best_epoch(history)
    epoch = f"epoch {best['epoch']:.0f}, validation accuracy {best['val_accuracy']:.2%}"
    if not finished:
        print(f"\nStopped. {run / 'model.keras'} is the best so far: {epoch}.")
        print("Go on with --resume.")
        return commands.INTERRUPTED

    metrics = _measured(run, settings, training, validation, test)
    files.write_json(run / "metrics.json", metrics)
    report.write(run, test)
    accuracy = metrics["test"]["accuracy"]
    print(f"{run / 'model.keras'}: {epoch}, MNIST test accuracy {accuracy:.2%}")
    print(f"{run / 'report.html'}: the pictures")
    return 0


def _given_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    from train import fit

    names = {field.name for field in dataclasses.fields(fit.Settings)}
    return {name: value for name, value in vars(arguments).items() if name in names}


def _measured(
    run: Path,
    settings: "Settings",
    training: "Split",
    validation: "Split",
    test: "Split",
) -> dict[str, Any]:
    from train import evaluate, fit, provenance

    model = fit.load_model(run / "model.keras")
    scores = evaluate.scores_of(model, validation)
    return {
        "parameters": model.count_params(),
        "best_epoch": fit.best_epoch(fit.history_of(run))["epoch"],
        "accept_threshold": evaluate.accept_threshold(scores),
        "validation": evaluate.metrics(scores, validation.labels),
        "test": evaluate.metrics(evaluate.scores_of(model, test), test.labels),
        "made_by": provenance.describe(
            settings, num_training=len(training), num_validation=len(validation)
        ),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m train",
        description="Train a digit classifier on MNIST.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        # An option left out is absent, so that --resume can tell it from one given.
        argument_default=argparse.SUPPRESS,
    )
    add = parser.add_argument
    add(
        "--data",
        type=Path,
        default=None,
        metavar="DIR",
        help="folder with MNIST's IDX files (default: download them once)",
    )
    add(
        "--run",
        type=Path,
        default=None,
        metavar="DIR",
        help="folder for the results (default: runs/ARCH)",
    )
    add("--resume", action="store_true", default=False, help="go on with the run there")
    add("--arch", help="which network (default: report)")
    add("--epochs", type=int, help="passes over the images (default: 50)")
    add("--batch-size", type=int, help="images a step (default: 128)")
    add(
        "--learning-rate",
        type=float,
        help="Adam's first rate; it falls to 0 along a cosine (default: 0.001)",
    )
    add(
        "--validation-share",
        type=float,
        help="share of the training images that chooses the epoch (default: 0.1)",
    )
    add(
        "--augment",
        action=argparse.BooleanOptionalAction,
        help="vary the training images (default: yes)",
    )
    add("--seed", type=int, help="of everything random (default: 1)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
