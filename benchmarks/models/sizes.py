"""The sizes of the shipped models."""

import argparse

from benchmarks.common.command import Commands, Result, benchmark
from edge_app.model import classify, manifest


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    chosen.add("sizes", _run, text="tell how large the shipped models are", example="")


def _run(_arguments: argparse.Namespace) -> Result:
    rows = [
        {"model": name, "size_bytes": (classify.MODELS / name).stat().st_size}
        for name in manifest.read(classify.MODELS)
    ]
    return Result("shipped models", rows)
