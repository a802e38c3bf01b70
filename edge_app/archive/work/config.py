"""The settings file of ``edge-digits run``, as an archive takes it."""

import argparse
from pathlib import Path

from edge_app.cli import commands
from edge_app.cli.run_options import add_model_option, add_page_options, add_run_options
from edge_app.cli.run_settings import TABLES
from edge_app.cli.settings_file import SettingSources
from edge_app.common.errors import SettingsError
from edge_app.live.fields.setup import Setup, setup_of


def applied(
    path: Path, parser: argparse.ArgumentParser, words: list[str]
) -> tuple[argparse.Namespace, Setup | None]:
    """Return the options of a command with what a settings file says of pages.

    What the file says of cameras, of the page in the browser and the like is passed
    over: it is the file in which fields were drawn there.

    Args:
        path: The file.
        parser: Of the command, which has the options of `run_options.add_page_options`.
        words: What was typed; it wins over the file.

    Returns:
        The options; and the fields, `None` where there are none.

    Raises:
        SettingsError: The file cannot be read, or is not as it should be.
    """
    known = _parser_of_the_file()
    settings = SettingSources(known, tables=TABLES)
    keys = settings.apply(path, environment={}).keys()
    if "camera" in settings.tables:
        raise SettingsError(
            f"{path}: camera: fields of an archive's pages expected, such as "
            "[field.total], not of cameras"
        )
    pages = argparse.ArgumentParser(add_help=False)
    add_page_options(pages)
    for action in pages._actions:
        if action.option_strings[0].removeprefix("--") in keys:
            parser.set_defaults(**{action.dest: known.get_default(action.dest)})
    arguments = parser.parse_args(words)
    # Pages that are scanned have no camera.
    seen = argparse.Namespace(**vars(arguments), exposure=None, focus=None)
    setup = setup_of(settings.tables, path, seen)
    return arguments, setup if setup.fields else None


def _parser_of_the_file() -> argparse.ArgumentParser:
    """Return a parser of all options that may stand in such a file."""
    parser = commands.Parser(add_help=False)
    add_run_options(parser)
    add_model_option(parser)
    return parser
