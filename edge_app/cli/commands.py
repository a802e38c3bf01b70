"""The common ground of the project's commands: how help looks and how errors end."""

import argparse
import difflib
import itertools
import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from edge_app.common import files
from edge_app.common.errors import EdgeDigitsError, did_you_mean, printable
from edge_app.common.opencv import why_no_opencv
from edge_app.common.process.quiet import our_process
from edge_app.live.ending import INTERRUPTED as INTERRUPTED

# The first that knows dependency groups is 25.1; Python 3.13 brings an older one.
_PIP = "python -m pip install --upgrade pip && python -m pip install"


_LONG = re.compile(r"--|-[a-z]{2}")  # some type one dash before a long option
_SubParsers = argparse._SubParsersAction


class HelpFormatter(
    argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter
):
    """Help with default values, and with its examples left as they were typed."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default is None or action.default is False:
            return action.help  # "(default: None)" tells nobody anything
        return super()._get_help_string(action)


class Parser(argparse.ArgumentParser):
    """The parser of a command, or of one of its commands.

    Options are taken by their full names only: what `--conf` stands for today may be
    another one tomorrow. One that there is not is told with the nearest that there is.
    """

    def __init__(self, *, of_files: str | None = None, **options: Any) -> None:
        """Take what `argparse.ArgumentParser` takes, by name.

        Args:
            of_files: The command that was meant where a file's name stands in place of
                one.
            options: The others.
        """
        options = {"formatter_class": HelpFormatter, **options}
        super().__init__(allow_abbrev=False, **options)
        self._of_files = of_files

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        """Parse; what is too much is told with `stray_hint`, a parser's default.

        Its `{}` stands for the first word that is too much.
        """
        found, stray = self.parse_known_args(args, namespace)
        if stray:
            hint = getattr(found, "stray_hint", "").format(stray[0])
            if stray[0].startswith("-"):
                hint = ""
            self.error(f"unrecognized arguments: {' '.join(stray)}{hint}")
        return found

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse; the parser of a chosen command is called so, too, by its command's."""
        given = sys.argv[1:] if args is None else list(args)
        known = {name for action in self._actions for name in action.option_strings}
        # Looked at first: to argparse, what follows a mistyped option is an argument
        # of its own, and the only fault.
        for word in itertools.takewhile(self._may_be_option, given):
            name = word.partition("=")[0]
            if _LONG.match(name) and name not in known:
                self.error(f"no option is called {name}{_hint(name, known)}")
        return super().parse_known_args(given, namespace)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Raise an error that names the nearest choice."""
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            hint = did_you_mean(str(value), map(str, action.choices or ()))
            is_file = isinstance(action, _SubParsers) and Path(str(value)).suffix
            if self._of_files and is_file:
                hint = f"; did you mean {self.prog} {self._of_files} {value}?"
            raise argparse.ArgumentError(action, f"{error.message}{hint}") from error

    def error(self, message: str) -> NoReturn:
        """End with one line on stderr; the usage of many options would hide it."""
        self.exit(2, f"{self.prog}: error: {message}\n")

    def _may_be_option(self, word: str) -> bool:
        """Return whether a word may be an option of this parser itself."""
        below = [action for action in self._actions if isinstance(action, _SubParsers)]
        return word != "--" and not any(
            word in (action.choices or ()) for action in below
        )


def _hint(name: str, known: Iterable[str]) -> str:
    words = sorted(option for option in known if option.startswith("--"))
    longer = [word for word in words if word.startswith(name)]
    near = longer or difflib.get_close_matches(name, words, n=1)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def exit_status(
    command: Callable[[], int], *, prog: str, install: str | None = None
) -> int:
    """Run a command; return its status, or print a user's error and return 1.

    Args:
        command: What is done.
        prog: The command's name, for the message.
        install: What `pip install` takes to install what the command imports.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # a shell closed it (>&-)
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    for stream in (sys.stdout, sys.stderr):
        # A file's name may hold what the terminal's encoding lacks.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with _Interruptible(), our_process():
            return command()
    except KeyboardInterrupt:
        return INTERRUPTED
    except EdgeDigitsError as error:
        message = str(error)
    except ModuleNotFoundError as error:
        if install is None:
            raise
        message = f"{error.name} is not installed; try: {_PIP} {install}"
        if error.name == "cv2":  # no extra but desktop and headless brings it
            message = str(why_no_opencv())
    except BrokenPipeError:  # whoever read our output (`| head`) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError as error:
        message = f"not enough memory ({error or 'for what was asked'})"
    except OSError as error:  # a full disk, a folder we may not write to
        path = Path(os.fsdecode(error.filename or ""))
        where = f"{path}:" if error.filename else "a file or the output"
        message = f"{where} cannot be read or written ({files.why_not(error, path)})"
    print_error(message, prog=prog)
    return 1


class _Interruptible:
    """Raises KeyboardInterrupt at the end of a block in which Ctrl-C became an error.

    A library in C++ that is interrupted while it is imported says that it cannot be
    imported, as if it were damaged.
    """

    def __init__(self) -> None:
        self._num_seen = 0
        # Another handler is somebody's own, as that of a live run.
        is_pythons = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        is_main = threading.current_thread() is threading.main_thread()
        self._is_looking = is_pythons and is_main

    def __enter__(self) -> None:
        if self._is_looking:
            signal.signal(signal.SIGINT, self._see)

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if self._is_looking:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._num_seen and isinstance(error, Exception):
            raise KeyboardInterrupt from error

    def _see(self, number: int, frame: FrameType | None) -> None:
        self._num_seen += 1
        signal.default_int_handler(number, frame)


def print_error(error: object, *, prog: str) -> None:
    """Print an error as one line on stderr, whatever it contains."""
    message = printable(" ".join(str(error).split()))
    print(f"{prog}: error: {message}", file=sys.stderr)


class OneLine(logging.Formatter):
    """Formats what is logged as its message alone, on one line."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the message; a traceback comes below it, as ever."""
        return printable(record.message)
