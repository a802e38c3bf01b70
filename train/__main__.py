"""The command ``python -m train``."""

import argparse
import dataclasses
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from edge_app import commands, files
from edge_app.errors import TrainingError
from edge_app.quiet import quiet

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
    with quiet():  # TensorFlow's start-up notices
        from train import data, evaluate, fit, provenance

    names = {field.name for field in dataclasses.fields(fit.Settings)}
    given = {name: value for name, value in vars(arguments).items() if name in names}
    run: Path = arguments.run or Path("runs") / given.get("arch", fit.Settings.arch)
    try:
        settings = fit.Settings(**given)
    except ValueError as error:
        raise TrainingError(str(error)) from error
    if arguments.resume:
        settings = fit.settings_of(run)
        for name, value in given.items():
            if value != getattr(settings, name):
                raise TrainingError(
                    f"{run} was started with {name} {getattr(settings, name)}, not "
                    f"{value}; a resumed run keeps its settings"
                )
    mnist, test = data.load(arguments.data, "train"), data.load(arguments.data, "t10k")
    training, validation = data.split_validation(
        mnist, share=settings.validation_share, seed=settings.seed
    )
    if not arguments.resume:
        fit.start(run, settings)

    started = time.monotonic()
    finished = fit.fit(run, settings, training, validation)
    history = fit.history_of(run)
    if not history:
        print(f"Stopped within the first epoch; {run} holds no model yet.")
        return commands.INTERRUPTED
    best = fit.best_epoch(history)
    if not finished:
        print(
            f"\nStopped. {run / 'model.keras'} is the best so far, epoch "
            f"{best['epoch']} (validation accuracy {best['val_accuracy']:.2%}); "
            "--resume goes on."
        )
        return commands.INTERRUPTED

    model = fit.load_model(run / "model.keras")
    validation_scores = evaluate.scores_of(model, validation)
    metrics = {
        "parameters": model.count_params(),
        "best_epoch": best["epoch"],
        "accept_threshold": evaluate.accept_threshold(validation_scores),
        "validation": evaluate.metrics(validation_scores, validation.labels),
        "test": evaluate.metrics(evaluate.scores_of(model, test), test.labels),
        "seconds": round(time.monotonic() - started, 1),
        "made_by": provenance.describe(settings),
    }
    files.write_json(run / "metrics.json", metrics)
    print(
        f"{run / 'model.keras'}: epoch {best['epoch']}, validation accuracy "
        f"{metrics['validation']['accuracy']:.2%}, MNIST test accuracy "
        f"{metrics['test']['accuracy']:.2%}"
    )
    return 0


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
