"""Counting instructions: what a board needs; without an emulator, what is said."""

import subprocess
import sys

from benchmarks.__main__ import main


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
