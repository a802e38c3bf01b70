"""What the project's commands share: how help looks and how errors end."""

import argparse
import os
import sys
from collections.abc import Callable

from edge_app.errors import EdgeDigitsError

INTERRUPTED = 130  # what shells report for a program ended by Ctrl-C


class HelpFormatter(
    argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter
):
    """Help with default values, and with its examples left as they were typed."""


def positive(text: str) -> int:
    """An option's value as a whole number of at least 1, for argparse's `type`."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"at least 1 expected, got {value}")
    return value


def exit_status(
    command: Callable[[], int], *, prog: str, extra: str | None = None
) -> int:
    """Exit status of `command()`; a user's error becomes one line on stderr and a 1.

    Args:
        command: What is done.
        prog: The command's name, for the message.
        extra: The extra of the package that installs what the command imports.
    """
    try:
        return command()
    except EdgeDigitsError as error:
        message = str(error)
    except ModuleNotFoundError as error:
        if extra is None:
            raise
        message = f"{error.name} is not installed; try: pip install '.[{extra}]'"
    except BrokenPipeError:  # whoever read our output (`| head`) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # a full disk, a folder we may not write to
        message = str(error)
    print(f"{prog}: error: {' '.join(message.split())}", file=sys.stderr)
    return 1
