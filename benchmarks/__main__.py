"""The command ``python -m benchmarks``."""

import argparse
import json
from collections.abc import Sequence

from edge_app.cli import commands
from edge_app.common import files
from edge_app.common.process import environment


def main(argv: Sequence[str] | None = None) -> int:
    """Run one benchmark; returns the exit status."""
    environment.prepare()
    return commands.exit_status(
        lambda: _run(argv), prog="benchmarks", install="'.[archive]' --group bench"
    )


def _run(argv: Sequence[str] | None) -> int:
    arguments = _parser().parse_args(argv)
    from benchmarks.common import results

    found = arguments.run(arguments)
    machine = results.machine()
    result = {"benchmark": found.title, "machine": machine, "rows": found.rows}
    if arguments.result:
        files.write_json(arguments.result, result)
    if arguments.json:
        print(json.dumps(result))
    else:
        print(f"{found.title}\n{results.describe(machine)}\n")
        print(results.table(found.shown or found.rows))
    return 0


def _parser() -> argparse.ArgumentParser:
    # The benchmarks: a new one is a line here, since importing it registers it. Here,
    # since a missing library is one line on stderr.
    from benchmarks import renew  # noqa: F401
    from benchmarks.common.command import Commands
    from benchmarks.live import (  # noqa: F401
        knocked,
        live_runs,
        soak,
        steadiness,
        two_cameras,
    )
    from benchmarks.models import (  # noqa: F401
        all_forms,
        baselines,
        calibration,
        collection,
        correction,
        corruption,
        latency,
        model_figures,
        sizes,
        strangers,
        unknowns,
    )
    from benchmarks.reading import (  # noqa: F401
        ablation,
        cases,
        conditions,
        confidence,
        letters,
        scores,
        single,
        strips,
        turned,
    )
    from benchmarks.time import (  # noqa: F401
        archives,
        frame_times,
        instructions,
        kills,
        scaling,
        start,
    )

    parser = commands.Parser(
        prog="python -m benchmarks",
        description="Measure what the README claims, on this machine.",
    )
    Commands(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
