"""Counting instructions: what marks become."""

import pytest

from benchmarks.time.instructions import parts
from benchmarks.time.instructions.parts import BEGIN, END


def marks_of(name):
    index = [part.name for part in parts.CODE_PARTS].index(name)
    return 3 + 2 * index, 4 + 2 * index


def test_instructions_belong_to_the_innermost_part():
    find, found = marks_of("find/rest")
    network, networked = marks_of("find/network")
    marks = [(0, 0), (0, 10), (0, 20), (network, 90), (networked, 95)]  # a warm-up
    marks += [(BEGIN, 100), (find, 210), (network, 1220), (networked, 5230)]
    marks += [(found, 5440), (END, 5550), (BEGIN, 9000), (END, 9110)]
    assert parts.counted(marks) == [
        {"rest": 200, "find/rest": 1200, "find/network": 4000},
        {"rest": 100},
    ]


def test_rows_have_the_same_parts_and_a_total():
    counts = [
        {"rest": 1_000_000, "find/rest": 2_000_000, "find/network": 30_000_000},
        {"rest": 500_000, "normalize": 4_000},
    ]
    assert parts.in_millions(counts) == [
        {
            "total": 33.0,
            "find": 32.0,
            "find/rest": 2.0,
            "find/network": 30.0,
            "normalize": 0.0,
            "rest": 1.0,
        },
        {
            "total": 0.5,
            "find": 0.0,
            "find/rest": 0.0,
            "find/network": 0.0,
            "normalize": 0.0,
            "rest": 0.5,
        },
    ]


@pytest.mark.parametrize("part", parts.CODE_PARTS, ids=lambda part: part.function)
def test_each_part_is_there(part):
    owner, name = parts.located(part)
    assert callable(getattr(owner, name))
