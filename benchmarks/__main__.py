"""The command ``python -m benchmarks``."""

import argparse
import json
from collections.abc import Sequence

from edge_app import commands, environment, files


def main(argv: Sequence[str] | None = None) -> int:
    """Run one benchmark; returns the exit status."""
    environment.prepare()
    return commands.exit_status(lambda: _run(argv), prog="benchmarks", extra="bench")


def _run(argv: Sequence[str] | None) -> int:
    arguments = _parser().parse_args(argv)
    from benchmarks import report

    found = arguments.run(arguments)
    machine = report.machine()
    result = {"benchmark": found.title, "machine": machine, "rows": found.rows}
    if arguments.result:
        files.write_json(arguments.result, result)
    if arguments.json:
        print(json.dumps(result))
    else:
        print(f"{found.title}\n{report.describe(machine)}\n")
        print(report.table(found.shown or found.rows))
    return 0


def _parser() -> argparse.ArgumentParser:
    # The benchmarks: a new one is a line here, since importing it registers it. Here,
    # since a missing library is one line on stderr.
    from benchmarks import (  # noqa: F401
        ablation,
        archives,
        baselines,
        calibration,
        cases,
        collection,
        conditions,
        confidence,
        corruption,
        figures,
        forms,
        frames,
        hands,
        instructions,
        latency,
        letters,
        live,
        reading,
        renew,
        scaling,
        single,
        sizes,
        soak,
        start,
        strips,
        tracking,
        turned,
        unknowns,
    )
    from benchmarks.command import Commands

    parser = commands.Parser(
        prog="python -m benchmarks",
        description="Measure what the README claims, on this machine.",
    )
    Commands(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
