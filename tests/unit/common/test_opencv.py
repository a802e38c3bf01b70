"""Whether OpenCV is here, and what to do where it is not."""

import sys

import pytest

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
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert why_no_opencv().startswith(
        f"OpenCV cannot be loaded ({why}): pip uninstall opencv-python, then pip "
        "install opencv-python-headless"
    )
