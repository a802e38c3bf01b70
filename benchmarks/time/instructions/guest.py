"""Reading frames and marking the parts of it: what runs on the emulated board."""

import gc
import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import cv2
import numpy as np

from benchmarks.common import readers
from benchmarks.time.instructions.parts import (
    BEGIN,
    CODE_PARTS,
    END,
    FIRST_PART,
    IDLE,
    located,
)

WARMUP = 2  # reads; the third one differs from the second one by less than 0.1%
_ROUGHLY = 20  # marks that find out what a mark itself takes
_COUNT_MARKER = 0x50430000  # of icount.c


def read() -> None:
    """Read frames and mark the parts of it: it runs on the emulated board.

    The first argument is JSON: `frames`, a file of `(N, H, W, 3)` uint8, and `finder`
    and `model` as `readers.Choice` takes them. Prints JSON, too: of each frame how many
    digits and rejects were read.
    """
    options = json.loads(sys.argv[1])
    cv2.setNumThreads(1)
    for index, part in enumerate(CODE_PARTS):
        owner, name = located(part)
        setattr(owner, name, _marked(getattr(owner, name), FIRST_PART + 2 * index))
    choice = readers.Choice(options["finder"], options["model"])
    reader = readers.open_reader(choice)
    for _ in range(_ROUGHLY):
        _mark(IDLE)
    found = []
    for frame in np.load(options["frames"]):
        for _ in range(WARMUP):
            reader.read(frame)
        gc.collect()
        _mark(BEGIN)
        reading = reader.read(frame)
        _mark(END)
        found.append((len(reading.digits), len(reading.rejects)))
    sys.stdout.write(json.dumps(found))


def _marked(function: Callable[..., Any], begin: int) -> Callable[..., Any]:
    @wraps(function)
    def marked(*args: Any, **options: Any) -> Any:
        _mark(begin)
        try:
            return function(*args, **options)
        finally:
            _mark(begin + 1)

    return marked


def _mark(number: int) -> None:
    try:
        os.getpriority(_COUNT_MARKER, number)
    except OSError:  # always: there is no such kind of priority
        return
