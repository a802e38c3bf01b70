import shutil

import pytest
from places import ROOT

from benchmarks.time.instructions import emulation
from edge_app.common.errors import EdgeDigitsError


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


def test_a_board_shows_its_own_files_and_links_to_the_others(tmp_path):
    tools, root = tmp_path / "tools", tmp_path / "arm64"
    for folder in (tools, root / "usr"):
        folder.mkdir(parents=True)
    (root / "usr" / "python").write_text("the guest's")
    script = 'mkdir -p "$2/proc" && echo "model: $1" > "$2/proc/cpuinfo"\n'
    (tools / "fakeboard.sh").write_text(script)
    for _ in range(2):  # what is there stays
        board = emulation.as_board(tools, root, "pi4")
        assert board == tmp_path / "arm64-pi4"
        assert (board / "usr" / "python").read_text() == "the guest's"
        assert (board / "proc" / "cpuinfo").read_text() == "model: pi4\n"
    assert not (root / "proc").exists()
    (tools / "fakeboard.sh").write_text("echo first; echo no such board >&2; exit 3\n")
    message = r"^bash fakeboard\.sh ended with status 3 and said: no such board$"
    with pytest.raises(EdgeDigitsError, match=message):
        emulation.as_board(tools, root, "pi9")


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_what_counts_is_compiled_once_for_each_source(tmp_path):
    source = tmp_path / "icount.c"
    source.write_text("int counted(void) { return 1; }\n")
    first = emulation.plugin(tmp_path, tmp_path)
    assert first.read_bytes().startswith(b"\x7fELF")
    compiled = first.stat()
    assert emulation.plugin(tmp_path, tmp_path) == first
    assert first.stat().st_mtime_ns == compiled.st_mtime_ns
    source.write_text("int counted(void) { return 2; }\n")
    assert emulation.plugin(tmp_path, tmp_path) != first
    source.write_text("no C\n")
    with pytest.raises(
        EdgeDigitsError, match=r"^gcc -O2 ended with status 1 and said: "
    ):
        emulation.plugin(tmp_path, tmp_path)
    assert len(list(tmp_path.glob("icount-*"))) == 2
