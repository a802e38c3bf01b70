"""The command ``edge-digits``."""

import sys
from collections.abc import Sequence

_INTERRUPTED_EARLY = 130  # what shells report for a program ended by Ctrl-C


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status.

    Args:
        argv: What was typed after the command's name; `None` for the process's own. A
            process that runs live is then ended here, not by Python.
    """
    is_of_process = argv is None
    argv = sys.argv[1:] if argv is None else argv
    is_live = is_of_process and argv[:1] == ["run"]
    try:
        # Only now: all that these import takes a while, in which a signal may come.
        from edge_app.common.process import environment, heap
        from edge_app.live import ending

        environment.prepare()
        if is_live:
            heap.give_back()
            ending.leave_on_signal()
        from edge_app.cli import edge_digits

        status = edge_digits.main(argv)
    except KeyboardInterrupt:
        return 0 if is_live else _INTERRUPTED_EARLY
    if is_live:
        ending.leave(status)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
