"""The command ``python -m train``."""

import argparse
import dataclasses
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_app.cli import commands
from edge_app.common import files
from train import subcommands
from train.fit import backend

if TYPE_CHECKING:
    from train.data.mnist import Split
    from train.fit.settings import Settings

# Options that decide nothing of what a training gives, or where its data are.
_NO_SETTINGS = (
    "command", "data", "installed_by", "jobs", "keep_epochs", "resume", "run",
    "show", "strokes", "tensorboard", "unknowns",
)  # fmt: skip

EXAMPLES = """\
examples:
  python -m train                             download MNIST, train into runs/edge
  python -m train --data ../shared/data/mnist  use files that are already there
  python -m train --resume                    go on after Ctrl-C or a power cut
  python -m train --run runs/quick --epochs 2
  python -m train --arch page --strokes DIR   the network that finds digits on a page
  python -m train inspect                     what the data set holds
  python -m train architectures               what each network costs
  python -m train tune --trials 30            search for good settings
  python -m train adapt kept                  fit the shipped network to corrections
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Train one network and write its run folder, or do another command's work."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    return commands.exit_status(
        lambda: arguments.command(arguments),
        prog="train",
        install=f"--group {arguments.installed_by}",
    )


def _train(arguments: argparse.Namespace) -> int:
    from train.page import page_command

    if getattr(arguments, "arch", None) in page_command.ARCHITECTURES:
        return _train_page(arguments)
    backend.start()
    from edge_app.common.errors import TrainingError
    from edge_app.model.classify import NUM_DIGITS
    from train.data import extra
    from train.data import mnist as data
    from train.fit import fitting, runs
    from train.fit.callbacks import Extras
    from train.fit.settings import Settings, chosen
    from train.report import training_report
    from train.scenes.writing import unipen

    strokes = arguments.strokes and unipen.strokes_folder(arguments.strokes)
    given = {**_given_settings(arguments), "hands": strokes is not None}
    run: Path = arguments.run or Path("runs") / given.get("arch", Settings.arch)
    settings = runs.resumed(run, given) if arguments.resume else chosen(given)
    has_reject = fitting.num_outputs(settings) > NUM_DIGITS
    if settings.digit_share is not None and not has_reject:
        raise TrainingError(
            f"--digit-share {settings.digit_share}: {settings.arch} has no output for "
            "what is no digit; edge and teacher have"
        )
    if not arguments.resume:
        runs.check_free(run)  # before anything is downloaded
    mnist, test = data.load_both(arguments.data, settings.split, seed=settings.seed)
    is_mnist = settings.split == data.SPLITS[0]
    writers = data.writers(arguments.data) if is_mnist else None
    training, held_mnist = fitting.validation_split(mnist, settings, writers)
    validation = held_mnist
    if has_reject:
        from train.data.rejects import Sources, with_rejects

        training, validation = with_rejects(
            training,
            validation,
            Sources(arguments.unknowns, strokes, arguments.jobs),
            seed=settings.seed,
        )
    if settings.extra is not None:
        more = extra.read(
            Path(settings.extra), num_outputs=fitting.num_outputs(settings)
        )
        training = data.joined([training, more])
    if not arguments.resume:
        runs.start(run, settings)

    extras = Extras(arguments.tensorboard, arguments.keep_epochs)
    finished = fitting.fit(run, settings, training, validation, extras)
    history = runs.history_of(run)
    if not history:
        print(f"Stopped within the first epoch; {run} holds no model yet.")
        return commands.INTERRUPTED
    best = runs.best_epoch(history)
    epoch = f"epoch {best['epoch']:.0f}, validation accuracy {best['val_accuracy']:.2%}"
    if not finished:
        print(f"\nStopped. {run / 'best.keras'} is the best so far: {epoch}.")
        print("Go on with --resume.")
        return commands.INTERRUPTED

    held_digits = validation.only(validation.labels < NUM_DIGITS)
    metrics = _measured(run, settings, training, held_digits, held_mnist, test)
    files.write_json(run / "metrics.json", metrics)
    training_report.write(run, test)
    accuracy = metrics["test"]["accuracy"]
    print(f"{run / 'model.keras'}: {epoch}, MNIST test accuracy {accuracy:.2%}")
    print(f"{run / 'report.html'}: the pictures")
    return 0


def _train_page(arguments: argparse.Namespace) -> int:
    from train.page import page_command
    from train.scenes.writing import unipen

    strokes = arguments.strokes and unipen.strokes_folder(arguments.strokes)
    backend.start()
    given = {
        name: value
        for name, value in vars(arguments).items()
        if name not in _NO_SETTINGS
    }
    return page_command.train(
        given,
        run=arguments.run or Path("runs") / arguments.arch,
        mnist=arguments.data,
        strokes=strokes,
        resume=arguments.resume,
        jobs=arguments.jobs,
        say=print,
    )


def _given_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    from train.fit.settings import Settings

    names = {field.name for field in dataclasses.fields(Settings)}
    given = {name: value for name, value in vars(arguments).items() if name in names}
    if "teachers" in given:
        given["teachers"] = tuple(map(str, given["teachers"]))
    return given


def _measured(
    run: Path,
    settings: "Settings",
    training: "Split",
    validation: "Split",
    held_mnist: "Split",
    test: "Split",
) -> dict[str, Any]:
    from train.data import rejects
    from train.fit import runs
    from train.networks import temperature as calibration
    from train.report import evaluate, provenance

    model = runs.load_model(run / "best.keras")
    if settings.digit_share is not None:
        odds = rejects.odds(training, settings.digit_share)
        model = calibration.expecting(model, odds=odds)
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
            evaluate.scores_of(model, held_mnist)
        ),
        "validation": evaluate.metrics(scores, validation.labels),
        "test": evaluate.metrics(evaluate.scores_of(model, test), test.labels),
        "made_by": provenance.describe(
            settings, num_training=len(training), num_validation=len(validation)
        ),
    }


def _parser() -> argparse.ArgumentParser:
    parser = commands.Parser(
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
    add(
        "--unknowns",
        type=Path,
        default=None,
        metavar="DIR",
        help="folder with Omniglot's archives, whose letters teach edge and teacher "
        "what is no digit (default: download them once)",
    )
    add(
        "--strokes",
        type=Path,
        default=None,
        metavar="DIR",
        help="folder with UNIPEN's train_r01_v07, the handwriting that page networks "
        "are trained with (see docs/train.md)",
    )
    add(
        "--scenes",
        type=int,
        help="how many scenes a page network learns from (default: 10000)",
    )
    add(
        "--first-scenes",
        type=int,
        help="how many of them it starts with; the others are rendered beside the "
        "training (default: 2000)",
    )
    add("--steps", type=int, help="batches in a page network's epoch (default: 500)")
    add(
        "--validation-scenes",
        type=int,
        help="how many scenes a page network is judged on (default: 240)",
    )
    add(
        "--jobs",
        type=commands.positive,
        default=2,
        help="processes that render scenes (default: 2)",
    )
    add("--arch", help="which network (default: edge)")
    add("--epochs", type=int, help="passes over the images (default: 80 for edge)")
    add("--batch-size", type=int, help="images a step (default: 128, for edge 256)")
    add(
        "--learning-rate",
        type=float,
        help="Adam's first rate (default: 0.001, for edge 0.003)",
    )
    add("--schedule", help="of the rate: cosine, plateau or constant (default: cosine)")
    add(
        "--patience",
        type=int,
        metavar="EPOCHS",
        help="end when the validation loss has not fallen for so long (default: never)",
    )
    add("--dropout", type=float, help="before the last layer (default: the network's)")
    add(
        "--label-smoothing",
        type=float,
        metavar="SHARE",
        help="of each target, spread over all outputs (default: 0)",
    )
    add(
        "--ema-momentum",
        type=float,
        metavar="SHARE",
        help="of the averaged weights that are kept, 0 for none (default: 0.999)",
    )
    add("--scaling", help="unit: inputs as they are; standard (default: unit)")
    add("--split", help="standard or stratified80 (default: standard)")
    add(
        "--teachers",
        nargs="+",
        type=Path,
        metavar="RUN",
        help="finished runs whose probabilities are imitated",
    )
    add(
        "--extra",
        metavar="DIR",
        help="fit these images too: what edge-digits run --save-unsure kept, sorted "
        "into folders 0 to 9 and reject",
    )
    add(
        "--digit-share",
        type=float,
        help="of what will be read, where the network has a reject output (default: "
        "that of the images it is fitted to, for edge 0.85)",
    )
    add("--tensorboard", action="store_true", default=False, help="write RUN/logs")
    add(
        "--keep-epochs",
        action="store_true",
        default=False,
        help="keep each epoch's network in RUN/epochs",
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
    add(
        "--strength",
        type=float,
        help="how strongly they are varied at first, 0 to 1; at the end half as "
        "strongly (default: 1)",
    )
    add(
        "--repeats",
        type=int,
        help="how often varied images are fitted before others are made: teachers "
        "take longer than a small network's step (default: 1)",
    )
    add(
        "--start-from",
        metavar="RUN",
        help="go on from the weights of this finished run (default: random ones)",
    )
    add("--seed", type=int, help="of everything random (default: 1)")
    parser.set_defaults(command=_train, installed_by="train")
    subcommands.add(parser, show=print)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
