"""The command ``python -m benchmarks``."""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence

from edge_app.cli import commands
from edge_app.common import files
from edge_app.common.process import environment

# The benchmarks: a new one is a line here, its module and the commands that it adds.
MODULES = {
    "renew": ("reference",),
    "live.knocked": ("knocked",),
    "live.live_runs": ("live", "age"),
    "live.soak": ("soak",),
    "live.steadiness": ("tracking",),
    "live.two_cameras": ("cameras",),
    "models.all_forms": ("forms",),
    "models.baselines": ("baselines",),
    "models.calibration": ("calibration",),
    "models.collection": ("collection",),
    "models.correction": ("correction",),
    "models.beyond_mnist.corruption": ("corruption",),
    "models.latency": ("latency",),
    "models.model_figures": ("figures",),
    "models.sizes": ("sizes",),
    "models.beyond_mnist.strangers": ("hands",),
    "models.beyond_mnist.unknowns": ("unknowns",),
    "reading.ablation": ("ablation",),
    "reading.cases": ("cases",),
    "reading.conditions": ("conditions",),
    "reading.confidence": ("reliability-scenes",),
    "reading.hands.letters": ("letters",),
    "reading.scores": ("photos", "scenes"),
    "reading.hands.separators": ("separators",),
    "reading.single": ("single",),
    "reading.hands.strips": ("strips",),
    "reading.turned": ("turned",),
    "time.archives": ("archives", "listing"),
    "time.frame_times": ("frames",),
    "time.instructions": ("instructions",),
    "time.kills": ("kills",),
    "time.scaling": ("scaling",),
    "time.start": ("start",),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one benchmark; returns the exit status."""
    environment.prepare()
    return commands.exit_status(
        lambda: _run(argv), prog="benchmarks", install="'.[archive]' --group bench"
    )


def _run(argv: Sequence[str] | None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    arguments = _parser(argv).parse_args(argv)
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


def _parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Return the parser, with all benchmarks unless `argv` names one.

    A benchmark takes what only others need, such as Arrow, from no one's time.
    """
    named = [module for module, names in MODULES.items() if argv and argv[0] in names]
    # Here, since a missing library is one line on stderr.
    from benchmarks.common.command import Commands

    for module in named or MODULES:
        importlib.import_module(f"benchmarks.{module}")
    parser = commands.Parser(
        prog="python -m benchmarks",
        description="Measure what the README claims, on this machine.",
    )
    Commands(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
