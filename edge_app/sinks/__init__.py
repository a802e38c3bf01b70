"""Where readings go."""

from typing import Protocol

from edge_app.errors import DisplayError
from edge_app.reader import Reading
from edge_app.sinks.jsonlines import JSONLines
from edge_app.sinks.text import Text
from edge_app.sinks.window import Window, why_no_window
from edge_app.sources import Frame


class Sink(Protocol):
    """Somewhere readings go."""

    def write(self, source: str, frame: Frame, reading: Reading) -> bool:
        """Take one reading; `False` when the user wants no more."""

    def close(self) -> None:
        """Finish what was begun."""


def open_view(view: str) -> Sink:
    """The sink that shows readings to whoever started the command.

    Args:
        view: `window`, `text`, `json`, or `auto`: a window where one can be shown, else
            text.

    Raises:
        DisplayError: A window was asked for where none can be shown.
    """
    if view == "json":
        return JSONLines()
    if view == "text":
        return Text()
    reason = why_no_window()
    if reason is None:
        return Window()
    if view == "auto":
        return Text()
    raise DisplayError(f"no window can be shown: {reason}; try --view text")
