"""Where readings go."""

from edge_app.errors import DisplayError
from edge_app.sinks.base import Sink, Update
from edge_app.sinks.records import JSONLines
from edge_app.sinks.text import Text
from edge_app.sinks.window import Window, why_no_window

__all__ = ["Sink", "Update", "open_view"]


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
