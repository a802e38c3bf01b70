"""A video device of Linux that answers as a webcam does."""

import errno
import sys

import pytest

if sys.platform == "linux":  # only its kernel is asked so
    import fcntl

    from edge_app.sources.cameras import v4l2


class Driver:
    """Answers as a webcam's does, of which there is none where tests run."""

    def __init__(self):
        self.values = {v4l2.EXPOSURE_AUTO: 3, v4l2.EXPOSURE: 157}
        self.values |= {v4l2.FOCUS_AUTO: 1, v4l2.FOCUS: 30}
        self.ranges = {
            v4l2.EXPOSURE: (3, 2047, 1),
            v4l2.FOCUS: (0, 250, 5),
            v4l2.FOCUS_AUTO: (0, 1, 1),
        }

    def ioctl(self, _device, number, content):
        for what, answer in (
            (v4l2.FORMAT, self.format),
            (v4l2.SIZE, self.size),
            (v4l2.RATE, self.rate),
            (v4l2.QUERY, self.query),
            (v4l2.GET, self.get),
            (v4l2.SET, self.set),
        ):
            if v4l2.request(what) == number:
                layout = what[0]
                found = answer(*layout.unpack(content))
                if found is None:
                    raise OSError(errno.EINVAL, "Invalid argument")
                if isinstance(content, bytearray):
                    content[:] = layout.pack(*found)
                return 0
        raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    def format(self, index, kind, *_):
        fourcc = int.from_bytes(b"MJPG", "little")
        return None if index else (0, kind, 1, b"Motion-JPEG", fourcc, 0, 0, 0, 0)

    def size(self, index, pixels, *_):
        sizes = [(640, 480), (1280, 720)]
        if index >= len(sizes):
            return None
        return (index, pixels, 1, *sizes[index], 0, 0, 0, 0, 0, 0)

    def rate(self, index, pixels, width, height, *_):
        seconds = [(1, 30), (1, 15)]
        if index >= len(seconds):
            return None
        return (index, pixels, width, height, 1, *seconds[index], 0, 0, 0, 0, 0, 0)

    def query(self, identity, *_):
        if identity not in self.ranges:
            return None
        return (identity, 1, b"Name", *self.ranges[identity], 0, 0, 0, 0)

    def get(self, identity, _):
        return (identity, self.values[identity]) if identity in self.values else None

    def set(self, identity, value):
        least, most, _ = self.ranges.get(identity, (0, 3, 1))
        if identity not in self.values or not least <= value <= most:
            return None
        if (identity, value) == (v4l2.EXPOSURE_AUTO, 0):
            return None  # a webcam has aperture priority alone
        self.values[identity] = value
        return identity, value


@pytest.fixture
def driver(monkeypatch):
    found = Driver()
    monkeypatch.setattr(fcntl, "ioctl", found.ioctl)
    return found


@pytest.fixture
def path(tmp_path):
    """Something that can be opened in the device's place."""
    path = tmp_path / "video0"
    path.touch()
    return str(path)
