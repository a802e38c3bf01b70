"""The command ``python -m benchmarks``."""

import argparse
import json
from collections.abc import Sequence

from edge_app import commands, environment, files

EXAMPLES = """\
examples:
  python -m benchmarks latency                   every shipped model in every runtime
  python -m benchmarks frames                    640x480 to 12 megapixels
  python -m benchmarks instructions --tools ../shared/tools/pi   on an emulated Pi
  python -m benchmarks scaling --plot scaling.png
  python -m benchmarks photos ../shared/data/photos
  python -m benchmarks cases ../shared/data/cases
  python -m benchmarks single                    MNIST's test images as files
  python -m benchmarks strips --strokes ../shared/data/strokes
  python -m benchmarks letters --strokes ../shared/data/strokes
  python -m benchmarks turned                    is --rotate auto to be trusted?
  python -m benchmarks scenes --count 500
  python -m benchmarks conditions --sheet seen/  what is read in which light
  python -m benchmarks reliability-scenes --photos ../shared/data/photos
  python -m benchmarks ablation --photos ../shared/data/photos
  python -m benchmarks live                      a stream, read by a whole process
  python -m benchmarks tracking                  flicker, and time to settle
  python -m benchmarks soak --minutes 30
  python -m benchmarks start                     seconds and memory of a cold start
  python -m benchmarks corruption                noise, blur, lines, rotation ...
  python -m benchmarks unknowns ../shared/data/unknowns
  python -m benchmarks hands --strokes ../shared/data/strokes
  python -m benchmarks correction --strokes ../shared/data/strokes
  python -m benchmarks figures ../shared/data/unknowns   what the README's table says
  python -m benchmarks collection                digits that others collected
  python -m benchmarks calibration               can the confidence be believed?
  python -m benchmarks baselines --train-count 10000
  python -m benchmarks archives --pages 1000     scans, on one core and two
"""


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
    from benchmarks import (
        ablation,
        archives,
        baselines,
        calibration,
        cases,
        collection,
        conditions,
        confidence,
        correction,
        corruption,
        figures,
        frames,
        hands,
        instructions,
        latency,
        letters,
        live,
        reading,
        scaling,
        single,
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
        epilog=EXAMPLES,
    )
    chosen = Commands(parser)
    for benchmark in (
        latency,
        frames,
        instructions,
        scaling,
        reading,
        cases,
        single,
        strips,
        letters,
        turned,
        conditions,
        confidence,
        ablation,
        start,
        live,
        tracking,
        soak,
        corruption,
        unknowns,
        hands,
        correction,
        collection,
        calibration,
        figures,
        baselines,
        archives,
    ):
        benchmark.add(chosen)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
