"""Readings as JSON Lines on standard output."""

import json
import sys

from edge_app.sinks.base import Update


class JSONLines:
    """One JSON object a line and frame, flushed, so that a pipe sees it at once."""

    def write(self, update: Update) -> bool:
        """Write one reading."""
        row = {
            "source": update.source,
            "time_s": round(update.frame.time_s, 3),
            **update.reading.to_dict(),
        }
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
        return True

    def close(self) -> None:
        """Nothing to finish: every line was flushed."""
