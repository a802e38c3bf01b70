"""The command ``python -m train``."""

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

from edge_app.cli import commands
from edge_app.common.errors import TrainingError, did_you_mean
from edge_app.common.option_fields import add_options, values_of
from edge_app.model.manifest import CONTEXT, SEPARATOR
from train import subcommands
from train.context.context_settings import ContextSettings
from train.data.data_options import DataOptions, add_run
from train.fit import backend
from train.fit.fit_settings import RECIPES, Extras, Settings
from train.page.page_settings import SIZES, PageSettings
from train.separators.separator_settings import SeparatorSettings

TRAIN_EXAMPLES = """\
examples:
  python -m train                             download MNIST, train into runs/edge
  python -m train --data ../shared/data/mnist  use files that are already there
  python -m train --resume                    go on after Ctrl-C or a power cut
  python -m train --run runs/quick --epochs 2
  python -m train --arch page --strokes DIR   the network that finds digits on a page
  python -m train --arch context --page-run runs/page --strokes DIR
                                              the network that looks at them again
  python -m train --arch separator --strokes DIR
                                              the one that tells 2.50 from 250
  python -m train inspect                     what the data set holds
  python -m train architectures               what each network costs
  python -m train tune --trials 30            search for good settings
  python -m train images images.npz           make the images once for several runs
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


# What trains networks other than classifiers, and settings that these have besides.
_TRAINERS: dict[str, tuple[str, tuple[type, ...]]] = {
    **dict.fromkeys(SIZES, ("train.page.page_command", (PageSettings,))),
    SEPARATOR: ("train.separators.separator_command", (SeparatorSettings,)),
    CONTEXT: ("train.context.context_command", (PageSettings, ContextSettings)),
}


def _train(arguments: argparse.Namespace) -> int:
    backend.start()
    arch = getattr(arguments, "arch", Settings.arch)
    run: Path = arguments.run or Path("runs") / arch
    sources = subcommands.data_options(arguments)
    given = values_of(Settings, arguments)
    if arch in _TRAINERS:
        module, kinds = _TRAINERS[arch]
        for kind in kinds:
            given |= values_of(kind, arguments)
        # Imports Keras, which --help does not need.
        status: int = import_module(module).train(
            given, run=run, sources=sources, resume=arguments.resume, say=print
        )
        return status
    from train.fit import fit_command
    from train.networks.architectures import ARCHITECTURES

    if arch not in ARCHITECTURES:
        known = [*ARCHITECTURES, *_TRAINERS]
        raise TrainingError(
            f"--arch {arch}: one of {', '.join(known)} expected"
            f"{did_you_mean(arch, known)}"
        )
    return fit_command.train(
        given | {"hands": sources.strokes is not None},
        run=run,
        sources=sources,
        resume=arguments.resume,
        extras=Extras(**values_of(Extras, arguments)),
        say=print,
    )


def _parser() -> argparse.ArgumentParser:
    parser = commands.Parser(
        prog="python -m train",
        description="Train a digit classifier on MNIST, or a network that finds "
        "digits.",
        epilog=TRAIN_EXAMPLES,
    )
    add_run(parser, None, "folder for the results (default: runs/ARCH)")
    parser.add_argument(
        "--resume", action="store_true", help="go on with the run there"
    )
    # An option left out is absent, so that --resume can tell it from one given.
    add_options(parser, Settings, defaults=_defaults)
    add_options(parser, PageSettings, names=_OF_PAGES, defaults=_defaults)
    add_options(
        parser, ContextSettings, names=("page_run", "glyph_pages"), defaults=_defaults
    )
    add_options(parser, DataOptions)
    add_options(parser, Extras)
    parser.set_defaults(command=_train, installed_by="train")
    subcommands.add(parser, show=print)
    return parser


# What page networks alone have.
_OF_PAGES = [
    field.name
    for field in fields(PageSettings)
    if field.metadata and field.name not in {field.name for field in fields(Settings)}
]


def _defaults(name: str, default: Any) -> str | None:
    """Return the defaults of an option, which differ by network."""
    usual = [] if default in (None, ()) else [_text(default)]
    if name in RECIPES[Settings.arch]:
        usual.append(f"for {Settings.arch} {_text(RECIPES[Settings.arch][name])}")
    of_page = getattr(PageSettings, name, default)
    if name != "arch" and of_page != default:
        usual.append(f"for {PageSettings.arch} {_text(of_page)}")
    return ", ".join(usual) or None


def _text(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    raise SystemExit(main())
