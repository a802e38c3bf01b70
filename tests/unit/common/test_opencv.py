"""Whether OpenCV is here, and what to do where it is not."""

import sys

import pytest

from edge_app.common import opencv
from edge_app.common.opencv import why_no_opencv

pytestmark = pytest.mark.device


def test_nothing_is_said_where_it_works():
    assert why_no_opencv() is None


def test_what_to_install_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)  # Python's own sign of that
    assert why_no_opencv().startswith(
        "OpenCV is not installed: pip install opencv-python (shows a window), or "
    )


def test_what_to_install_where_the_system_lacks_its_libraries(monkeypatch, tmp_path):
    why = "libGL.so.1: cannot open shared object file: No such file or directory"
    (tmp_path / "cv2.py").write_text(f"raise ImportError({why!r})")
    installed = tmp_path / "opencv_python-9.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: opencv-python\nVersion: 9\n")
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert why_no_opencv() == (
        f"OpenCV cannot be loaded ({why}): pip uninstall opencv-python, then pip "
        "install opencv-python-headless, which needs no system libraries"
    )


@pytest.mark.skipif(opencv._shows_windows(), reason="it is the package of windows")
def test_no_other_package_helps_where_memory_is_short(monkeypatch, tmp_path):
    why = "cv2.abi3.so: failed to map segment from shared object"
    (tmp_path / "cv2.py").write_text(f"raise ImportError({why!r})")
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert why_no_opencv() == f"OpenCV cannot be loaded ({why})"
