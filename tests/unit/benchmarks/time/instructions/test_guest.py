import json
import os
import subprocess
import sys

import numpy as np
import pytest
from places import ROOT

from benchmarks.time.instructions import guest
from benchmarks.time.instructions.parts import BEGIN, CODE_PARTS, END, FIRST_PART, IDLE
from train import scenes

# What an emulator would be told, by a call that no kernel knows.
MARKED = """
import json, os, sys
marks = []
real = os.getpriority
def marked(which, number):
    marks.append(number)
    return real(which, number)
os.getpriority = marked
from benchmarks.time.instructions import guest
guest.read()
sys.stderr.write(json.dumps(marks))
"""


@pytest.fixture
def marks(monkeypatch):
    found = []
    monkeypatch.setattr(guest, "_mark", found.append)
    return found


def test_a_function_is_marked_before_and_after(marks):
    def divided(a, *, by):
        """Divide."""
        marks.append("divided")
        return a / by

    marked = guest._marked(divided, 8)
    assert marked(6, by=2) == 3
    assert marked.__doc__ == "Divide."
    assert marks == [8, "divided", 9]
    with pytest.raises(ZeroDivisionError):
        marked(6, by=0)
    assert marks[3:] == [8, "divided", 9]


def test_a_mark_leaves_no_trace_where_nothing_counts():
    before = os.getpriority(os.PRIO_PROCESS, 0)
    assert guest._mark(IDLE) is None
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_each_frame_is_warmed_up_and_read_between_its_marks(tmp_path):
    page = scenes.of_digits(4, 1, size_wh=(160, 120)).frame
    frames = tmp_path / "frames.npy"
    np.save(frames, np.stack([page, np.full_like(page, 230)]))
    options = {"frames": str(frames), "finder": "classic", "model": "report-int8"}
    done = subprocess.run(
        [sys.executable, "-c", MARKED, json.dumps(options)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    (digits, _), (no_digits, rejects) = json.loads(done.stdout)
    assert digits == 4
    assert (no_digits, rejects) == (0, 0)
    marks = json.loads(done.stderr.splitlines()[-1])
    assert marks[:20] == [IDLE] * 20
    assert [mark for mark in marks[20:] if mark < FIRST_PART] == [BEGIN, END] * 2
    first, second = marks.index(BEGIN), marks.index(END)
    measured = marks[first + 1 : second]
    warmed_up = marks[20:first]
    assert warmed_up == measured * guest.WARMUP
    assert "classify" in names_of(measured)


def names_of(marks):
    """The parts that are marked; each ends before the part that it lies in."""
    names, open_parts = set(), []
    for mark in marks:
        part, is_end = divmod(mark - FIRST_PART, 2)
        if is_end:
            assert open_parts.pop() == part
        else:
            open_parts.append(part)
            names.add(CODE_PARTS[part].name)
    assert not open_parts
    return names
