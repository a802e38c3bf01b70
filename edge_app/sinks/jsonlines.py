"""Readings as JSON Lines on standard output."""

import json
import sys

from edge_app.reader import Reading
from edge_app.sources import Frame


class JSONLines:
    """One JSON object a line and frame, flushed, so that a pipe sees it at once."""

    def write(self, source: str, frame: Frame, reading: Reading) -> bool:
        """Write one reading."""
        row = {"source": source, "time_s": round(frame.time_s, 3), **reading.to_dict()}
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
        return True

    def close(self) -> None:
        """Nothing to finish: every line was flushed."""
