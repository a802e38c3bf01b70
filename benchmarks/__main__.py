"""The command ``python -m benchmarks``."""

import argparse
import json
from collections.abc import Sequence

from edge_app.cli import commands
from edge_app.common import environment, files

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
    from benchmarks.common.command import Commands
    from benchmarks.live import live_runs, soak, steadiness
    from benchmarks.models import (
        baselines,
        calibration,
        collection,
        correction,
        corruption,
        latency,
        model_figures,
        strangers,
        unknowns,
    )
    from benchmarks.reading import (
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
    from benchmarks.time import archives, frame_times, instructions, scaling, start

    parser = commands.Parser(
        prog="python -m benchmarks",
        description="Measure what the README claims, on this machine.",
        epilog=EXAMPLES,
    )
    chosen = Commands(parser)
    for benchmark in (
        latency,
        frame_times,
        instructions,
        scaling,
        scores,
        cases,
        single,
        strips,
        letters,
        turned,
        conditions,
        confidence,
        ablation,
        start,
        live_runs,
        steadiness,
        soak,
        corruption,
        unknowns,
        strangers,
        correction,
        collection,
        calibration,
        model_figures,
        baselines,
        archives,
    ):
        benchmark.add(chosen)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
