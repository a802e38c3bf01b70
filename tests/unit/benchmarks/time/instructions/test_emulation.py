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
