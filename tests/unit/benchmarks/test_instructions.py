"""Counting instructions: what marks become; without an emulator, what is said."""

import subprocess
import sys

import pytest
from places import ROOT

from benchmarks.__main__ import main
from benchmarks.time.instructions import emulation, parts
from edge_app.common.errors import EdgeDigitsError

BEGIN, END = 1, 2


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


def test_versions_are_those_of_64_bit_arm():
    text = """
numpy==1.26.4 ; platform_machine == 'armv7l' and sys_platform == 'linux' \\
    --hash=sha256:00
numpy==2.4.6 ; platform_machine == 'aarch64' and sys_platform == 'linux' \\
    --hash=sha256:01
numpy==2.4.5 ; platform_machine == 'arm64' and sys_platform == 'darwin' \\
    --hash=sha256:02
opencv-python-headless==4.14.0.94 \\
    --hash=sha256:03
"""
    wanted = ["opencv-python-headless", "numpy"]
    assert emulation.pinned(text, wanted) == [
        "opencv-python-headless==4.14.0.94",
        "numpy==2.4.6",
    ]
    with pytest.raises(EdgeDigitsError, match="version of onnxruntime for aarch64"):
        emulation.pinned(text, ["onnxruntime"])


def test_packages_of_a_board_are_locked():
    lock = ROOT / "requirements" / "headless.txt"
    text = lock.read_text(encoding="utf-8")
    assert len(emulation.pinned(text, emulation.PACKAGES)) == 3


@pytest.mark.parametrize("part", parts.CODE_PARTS, ids=lambda part: part.function)
def test_each_part_is_there(part):
    owner, name = parts.located(part)
    assert callable(getattr(owner, name))


def test_a_board_needs_nothing_that_only_trains():
    code = (
        "import sys; from benchmarks.time.instructions import guest;"
        "print([name for name in ('train', 'tqdm', 'psutil') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_without_an_emulator_it_says_what_to_install(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    words = ["instructions", "--tools", str(tmp_path), "--work", str(tmp_path / "work")]
    assert main(words) == 1
    assert capsys.readouterr().err == (
        "benchmarks: error: qemu-aarch64 and gcc not found; try: apt-get install "
        "qemu-user gcc\n"
    )
    assert not (tmp_path / "work").exists()
