"""The commands beside training: their options, and what they show.

The modules that do the work import Keras or Optuna, so each is imported only when its
command runs.
"""

import argparse
import dataclasses
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge_app.cli import commands
from edge_app.common import option_types
from edge_app.common.option_fields import add_options, values_of
from train.data import mnist
from train.data.data_options import DataOptions, add_run
from train.fit import adapt_command, backend
from train.fit.fit_settings import Settings
from train.page.page_settings import PageSettings
from train.tune.search_settings import Search, StudyOptions


def add(parser: argparse.ArgumentParser, *, show: Callable[[str], None]) -> None:
    """Let `parser` choose one of the commands; without any it goes on as it was.

    Args:
        parser: Of the training. A chosen command is called `command` in what it
            parses, takes that and returns its exit status.
        show: Prints a result.
    """
    parser.set_defaults(show=show)
    chosen = parser.add_subparsers(title="other commands", metavar="COMMAND")
    _add_inspect(chosen)
    _add_images(chosen)
    _add_architectures(chosen)
    _add_tune(chosen)
    adapt_command.add(chosen)
    _add_verdicts(chosen)


def _add(
    chosen: Any, name: str, run: Any, *, text: str, example: str = ""
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = chosen.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=f"example:\n  python -m train {name} {example}".rstrip(),
        formatter_class=commands.HelpFormatter,
    )
    parser.set_defaults(command=run)
    return parser


def _add_inspect(chosen: Any) -> None:
    parser = _add(
        chosen,
        "inspect",
        _inspect,
        text="show what the data set holds, and some of its images",
        example="--data ../shared/data/mnist --sheet digits.png",
    )
    add_options(parser, DataOptions, names=("data",))
    add_options(parser, Settings, names=("split", "seed"))
    parser.add_argument(
        "--sheet",
        type=option_types.path,
        metavar="FILE",
        default=Path("runs") / "digits.png",
        help="picture of some images: .png, .svg or .pdf",
    )
    parser.add_argument(
        "--columns", type=option_types.positive, default=20, help="images a digit on it"
    )


def _inspect(arguments: argparse.Namespace) -> int:
    from tabulate import tabulate

    from train.data import dataset_view

    training, test = mnist.load_both(
        arguments.data, arguments.split, seed=arguments.seed
    )
    parts = {"training": training, "test": test}
    facts = [dataset_view.facts(name, part) for name, part in parts.items()]
    arguments.show(tabulate(facts, "keys", "github"))
    arguments.show("\n" + tabulate(dataset_view.distribution(parts), "keys", "github"))
    dataset_view.write_sheet(
        arguments.sheet, training, columns=arguments.columns, seed=arguments.seed
    )
    arguments.show(f"\n{arguments.sheet}: some of the training images")
    return 0


def _add_images(chosen: Any) -> None:
    parser = _add(
        chosen,
        "images",
        _images,
        text="make the images of a network with a reject output once, for several runs",
        example="--strokes ../unipen runs/images.npz\n"
        "  python -m train --images runs/images.npz",
    )
    parser.add_argument(
        "file", type=option_types.path, metavar="FILE", help="the NPZ file to write"
    )
    add_options(parser, DataOptions)
    add_options(parser, Settings, names=("seed",))


def _images(arguments: argparse.Namespace) -> int:
    backend.start()
    from train.fit import fit_command

    sources = data_options(arguments)
    given = {"seed": arguments.seed, "hands": sources.strokes is not None}
    images = fit_command.prepare(arguments.file, given, sources)
    arguments.show(
        f"{arguments.file}: {len(images.training)} images to fit, "
        f"{len(images.validation)} to choose by"
    )
    return 0


def _add_architectures(chosen: Any) -> None:
    _add(
        chosen,
        "architectures",
        _architectures,
        text="show what each network costs: parameters, multiplications, bytes",
    )


def _architectures(arguments: argparse.Namespace) -> int:
    backend.start()
    from tabulate import tabulate

    from train.networks import summary
    from train.networks.architectures import ARCHITECTURES

    rows = summary.rows(ARCHITECTURES)
    arguments.show(tabulate(rows, "keys", "github", intfmt=","))
    return 0


def _add_tune(chosen: Any) -> None:
    parser = _add(
        chosen,
        "tune",
        _tune,
        text="search for good settings, on one machine or on many",
        example="--trials 30 --share 0.2\n"
        "  python -m train tune --workers 2 --database postgresql://me@host/digits\n\n"
        "The same command again goes on with the search. Started on several machines\n"
        "with one --database, they share it.",
    )
    add_options(parser, DataOptions, names=("data",))
    add_run(parser, Path("runs") / "tune", "folder for the results")
    add_options(parser, StudyOptions)
    add_options(parser, Search)
    parser.set_defaults(installed_by="tune")


def _tune(arguments: argparse.Namespace) -> int:
    importlib.import_module("optuna")  # where it is missing, TensorFlow need not start
    backend.start()
    from train.tune import study as tune
    from train.tune import tune_page

    search = tune.settings(**values_of(Search, arguments))
    folder = arguments.run
    place = tune.StudyPlace(
        arguments.database or f"sqlite:///{folder / 'study.db'}", arguments.study
    )
    arguments.show(f"{place}; the same command goes on with it")
    study = tune.run(
        place,
        search,
        mnist=arguments.data,
        trials=arguments.trials,
        workers=arguments.workers,
    )
    tune_page.write(folder, study, dataclasses.asdict(search))
    best = ", ".join(f"{name} {value:.3g}" for name, value in study.best_params.items())
    arguments.show(f"best validation accuracy {study.best_value:.2%}: {best}")
    arguments.show(f"{folder / 'tune.html'}: the pictures")
    return 0


def _add_verdicts(chosen: Any) -> None:
    parser = _add(
        chosen,
        "verdicts",
        _verdicts,
        text="weigh the opinions of the shipped networks anew, after edge was changed",
        example="--page-run runs/page --strokes ../unipen",
    )
    parser.add_argument(
        "--page-run",
        type=option_types.path,
        default=Path("runs") / "page",
        metavar="RUN",
        help="of a page network: its validation scenes are read, or rendered",
    )
    add_options(parser, PageSettings, names=("arch", "validation_scenes"))
    add_options(parser, DataOptions, names=("data", "strokes", "jobs"))


def _verdicts(arguments: argparse.Namespace) -> int:
    backend.start()
    from train.context import refit_command

    return refit_command.refit(
        arguments.page_run,
        data_options(arguments),
        arch=arguments.arch,
        num_scenes=arguments.validation_scenes,
        say=arguments.show,
    )


def data_options(arguments: argparse.Namespace) -> DataOptions:
    """Return where the data are, UNIPEN's strokes as NPZ files."""
    from train.scenes.writing import unipen

    sources = DataOptions(**values_of(DataOptions, arguments))
    if sources.strokes is None:
        return sources
    strokes = unipen.strokes_folder(sources.strokes)
    return dataclasses.replace(sources, strokes=strokes)
