"""Video devices of Linux: what the kernel is asked, and a device that answers so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("video devices of Linux", allow_module_level=True)

from edge_app.sources.cameras import v4l2

pytestmark = pytest.mark.device

NAMES = {
    "VIDIOC_ENUM_FMT": v4l2.request(v4l2.FORMAT),
    "VIDIOC_ENUM_FRAMESIZES": v4l2.request(v4l2.SIZE),
    "VIDIOC_ENUM_FRAMEINTERVALS": v4l2.request(v4l2.RATE),
    "VIDIOC_QUERYCTRL": v4l2.request(v4l2.QUERY),
    "VIDIOC_G_CTRL": v4l2.request(v4l2.GET),
    "VIDIOC_S_CTRL": v4l2.request(v4l2.SET),
    "V4L2_CID_EXPOSURE_AUTO": v4l2.EXPOSURE_AUTO,
    "V4L2_CID_EXPOSURE_ABSOLUTE": v4l2.EXPOSURE,
    "V4L2_CID_FOCUS_ABSOLUTE": v4l2.FOCUS,
    "V4L2_CID_FOCUS_AUTO": v4l2.FOCUS_AUTO,
    "V4L2_EXPOSURE_MANUAL": v4l2.MANUAL_EXPOSURE,
    "V4L2_BUF_TYPE_VIDEO_CAPTURE": v4l2.CAPTURE,
}


def test_numbers_are_those_of_the_kernels_header(tmp_path):
    compiler = shutil.which("cc")
    if compiler is None or not Path("/usr/include/linux/videodev2.h").exists():
        pytest.skip("a C compiler and the kernel's headers")
    prints = "".join(f'printf("%lu\\n", (unsigned long){name});' for name in NAMES)
    source = tmp_path / "numbers.c"
    source.write_text(
        "#include <stdio.h>\n#include <linux/videodev2.h>\n"
        f"int main(void) {{ {prints} return 0; }}\n"
    )
    subprocess.run([compiler, "-o", tmp_path / "numbers", source], check=True)
    out = subprocess.run([tmp_path / "numbers"], check=True, capture_output=True)
    assert dict(zip(NAMES, map(int, out.stdout.split()), strict=True)) == NAMES
