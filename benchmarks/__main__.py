"""The command ``python -m benchmarks``."""

import argparse
import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from edge_app import commands, files

if TYPE_CHECKING:
    from benchmarks.photos import Score

    Command = Callable[[argparse.Namespace], int]

EXAMPLES = """\
examples:
  python -m benchmarks latency                   every shipped model in every runtime
  python -m benchmarks frames                    640x480 to 12 megapixels
  python -m benchmarks photos ../shared/data/photos
  python -m benchmarks scenes --count 500
  python -m benchmarks live                      a stream, read by a whole process
  python -m benchmarks tracking                  flicker, and time to settle
  python -m benchmarks soak --minutes 30
  python -m benchmarks start                     seconds and memory of a cold start
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one benchmark; returns the exit status."""
    arguments = _parser().parse_args(argv)
    return commands.exit_status(
        lambda: arguments.command(arguments), prog="benchmarks", extra="bench"
    )


def _latency(arguments: argparse.Namespace) -> int:
    from benchmarks import latency

    rows = [
        dataclasses.asdict(row)
        for row in latency.measure(runs=arguments.runs, models=arguments.models)
    ]
    shown = [{**row, "accuracy": f"{row['accuracy']:.2%}"} for row in rows]
    title = f"{arguments.runs} inferences each, after 0.2 s of warm-up"
    return _report(arguments, title, shown, rows)


def _frames(arguments: argparse.Namespace) -> int:
    from benchmarks import frames
    from edge_app import classify
    from edge_app.reader import Reader

    reader = Reader(classify.load(arguments.model, num_threads=arguments.threads))
    found = frames.measure(reader, runs=arguments.runs, num_threads=arguments.threads)
    rows = [dataclasses.asdict(row) for row in found]
    title = f"{arguments.runs} frames each after a warm-up, threads {arguments.threads}"
    return _report(arguments, title, rows, rows)


def _photos(arguments: argparse.Namespace) -> int:
    from benchmarks import photos, reading
    from edge_app import classify
    from edge_app.reader import Reader

    reader = Reader(classify.load(arguments.model))
    scores = dict(reading.photos(arguments.folder, reader))
    scores["all"] = photos.total(scores.values())
    rows = [_scored("photo", name, score) for name, score in scores.items()]
    return _report(arguments, _titled("photographs", arguments.model), rows, rows)


def _scenes(arguments: argparse.Namespace) -> int:
    from benchmarks import photos, reading
    from edge_app import classify
    from edge_app.reader import Reader

    reader = Reader(classify.load(arguments.model))
    found = reading.scenes(arguments.count, reader, first_seed=arguments.first_seed)
    rows = [_scored("scenes", str(arguments.count), photos.total(found))]
    return _report(arguments, _titled("demo scenes", arguments.model), rows, rows)


def _start(arguments: argparse.Namespace) -> int:
    from benchmarks import start

    starts = start.measure(arguments.runs)
    row = {
        "processes": len(starts),
        "median_s": round(median(each.seconds for each in starts), 3),
        "worst_s": round(max(each.seconds for each in starts), 3),
        "peak_mb": round(max(each.peak_mb for each in starts), 1),
    }
    return _report(arguments, "edge-digits read of a 640x480 photograph", [row], [row])


def _live(arguments: argparse.Namespace) -> int:
    from benchmarks import live

    rows = [dataclasses.asdict(row) for row in live.measure(arguments.seconds)]
    title = f"edge-digits run on an MJPEG stream of this machine, {arguments.seconds} s"
    return _report(arguments, title, rows, rows)


def _age(arguments: argparse.Namespace) -> int:
    from benchmarks import live

    rows = [dataclasses.asdict(row) for row in live.ages(arguments.seconds)]
    return _report(arguments, "age of the newest frame, camera at 15/s", rows, rows)


def _tracking(arguments: argparse.Namespace) -> int:
    from benchmarks import tracking
    from edge_app import classify
    from edge_app.reader import Reader

    reader = Reader(classify.load(arguments.model))
    found = tracking.measure(reader, pages=arguments.pages)
    rows = [dataclasses.asdict(row) for row in found]
    title = _titled(f"{arguments.pages} shaky pages", arguments.model)
    return _report(arguments, title, rows, rows)


def _soak(arguments: argparse.Namespace) -> int:
    from benchmarks import soak

    row = dataclasses.asdict(soak.measure(arguments.minutes))
    title = f"edge-digits run with everything on and {soak.NUM_CLIENTS} web clients"
    return _report(arguments, title, [row], [row])


def _titled(what: str, model: str | None) -> str:
    from edge_app import classify

    return f"{what} read with {model or classify.default_model()}"


def _scored(kind: str, name: str, score: "Score") -> dict[str, Any]:
    return {
        kind: name,
        **dataclasses.asdict(score),
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
    }


def _report(
    arguments: argparse.Namespace,
    title: str,
    shown: list[dict[str, Any]],
    rows: list[dict[str, Any]],
) -> int:
    from benchmarks import report

    machine = report.machine()
    result = {"benchmark": title, "machine": machine, "rows": rows}
    if arguments.result:
        files.write_json(arguments.result, result)
    if arguments.json:
        print(json.dumps(result))
    else:
        print(f"{title}\n{report.describe(machine)}\n\n{report.table(shown)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure what the README claims, on this machine.",
        epilog=EXAMPLES,
        formatter_class=commands.HelpFormatter,
    )
    chosen = parser.add_subparsers(required=True, metavar="BENCHMARK")

    def add(
        name: str, run: "Command", text: str, example: str
    ) -> argparse.ArgumentParser:
        benchmark = chosen.add_parser(
            name,
            help=text,
            description=text.capitalize() + ".",
            epilog=f"example:\n  python -m benchmarks {name} {example}",
            formatter_class=commands.HelpFormatter,
        )
        benchmark.set_defaults(command=run)
        benchmark.add_argument(
            "--json", action="store_true", help="print a JSON object, not a table"
        )
        benchmark.add_argument(
            "--result", type=Path, metavar="FILE", help="write it there as JSON, too"
        )
        return benchmark

    latency = add(
        "latency", _latency, "time each shipped model in each runtime", "--runs 2000"
    )
    latency.add_argument(
        "--runs", type=commands.positive, default=1000, help="timed inferences a case"
    )
    latency.add_argument("--models", nargs="+", metavar="FILE", help="only these files")
    frames = add("frames", _frames, "time whole frames, stage by stage", "--runs 200")
    frames.add_argument(
        "--runs", type=commands.positive, default=100, help="timed frames a size"
    )
    frames.add_argument(
        "--threads", type=commands.positive, default=1, help="of OpenCV and the model"
    )
    photos = add("photos", _photos, "score reading on annotated photographs", "DIR")
    photos.add_argument(
        "folder", type=Path, metavar="DIR", help="photographs and their NAME.json"
    )
    scenes = add("scenes", _scenes, "score reading on scenes of our own", "--count 500")
    scenes.add_argument(
        "--count", type=commands.positive, default=200, help="how many scenes"
    )
    scenes.add_argument(
        "--first-seed",
        type=commands.positive,
        default=1000,
        help="seed of the first; the others have the numbers after it",
    )
    for each in (frames, photos, scenes):
        each.add_argument("--model", metavar="NAME_OR_PATH", help="which model reads")
    start = add("start", _start, "time whole processes from a cold start", "--runs 9")
    start.add_argument(
        "--runs", type=commands.positive, default=5, help="how many processes"
    )
    live = add("live", _live, "time whole live runs on a real stream", "--seconds 60")
    age = add("age", _age, "age of frames when the reader is slow", "--seconds 60")
    for each in (live, age):
        each.add_argument(
            "--seconds", type=commands.positive, default=20, help="for each case"
        )
    tracking = add("tracking", _tracking, "steadiness over time", "--pages 20")
    tracking.add_argument(
        "--pages", type=commands.positive, default=6, help="each for 5 s at 3 rates"
    )
    tracking.add_argument("--model", metavar="NAME_OR_PATH", help="which model reads")
    soak = add("soak", _soak, "memory of a long run with web clients", "--minutes 30")
    soak.add_argument(
        "--minutes", type=commands.positive, default=30, help="how long it runs"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
