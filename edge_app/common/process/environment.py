"""The environment of a process that is ours alone, by which libraries are set up."""

import os

# The largest image that is decoded: 64 megapixels need 192 MB, what a board with 512 MB
# can spare.
MAX_IMAGE_PIXELS = 64_000_000
_SETTINGS = {
    # OpenCV reads these when it is first imported. We say ourselves what went wrong, in
    # one line.
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(MAX_IMAGE_PIXELS),
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # AV_LOG_QUIET
    # Seconds that a camera may be silent before OpenCV says so.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",
    # ONNX Runtime 1.31 and 1.32 write an identifier of the machine at import otherwise.
    "ORT_DISABLE_TELEMETRY": "1",
}


def prepare() -> None:
    """Set what the user has not set, before OpenCV or a runtime is imported.

    The commands do that; a program that imports `edge_app` keeps its environment.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
