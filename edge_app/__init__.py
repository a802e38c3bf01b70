"""Read handwritten digits on a small device."""

import os

__version__ = "0.1.0"

# The largest image that is decoded, in pixels: 64 megapixels need 192 MB, what a
# board with 512 MB can spare. OpenCV reads it, as it does the log levels, when it is
# first imported. We say ourselves what went wrong, in one line.
MAX_IMAGE_PIXELS = 64_000_000
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_IMAGE_PIXELS))
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
# Seconds that a camera may be silent before OpenCV says so.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")
