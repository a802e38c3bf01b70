"""Exposure and focus of a Linux camera, changed while frames are read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from edge_app.sources.cameras import v4l2
from edge_app.sources.source import Adjustment


class Adjusting:
    """A video device's controls.

    The driver lets another program, or this one once more, open the device for them
    while frames are read.
    """

    def __init__(self, path: str) -> None:
        """Adjust the device of a path; nothing is opened yet."""
        self._path = path

    def adjustments(self) -> list[Adjustment]:
        """Return what can be adjusted, as it is now; nothing while it is away."""
        try:
            with self._opened() as device:
                return [*_exposure(device), *_focus(device)]
        except OSError:
            return []

    def adjust(self, name: str, value: float | None) -> None:
        """Set `exposure`, in milliseconds, or `focus`, in the driver's steps.

        Args:
            name: Which.
            value: `None` to leave it to the camera.

        Raises:
            OSError: The driver refuses it.
        """
        with self._opened() as device:
            if name == "exposure":
                _set_exposure(device, value)
            elif v4l2.control(device, v4l2.FOCUS_AUTO) is not None:
                v4l2.put(device, v4l2.FOCUS_AUTO, int(value is None))
            if name == "focus" and value is not None:
                v4l2.put(device, v4l2.FOCUS, round(value))

    @contextmanager
    def _opened(self) -> Iterator[int]:
        device = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
        try:
            yield device
        finally:
            os.close(device)


def _set_exposure(device: int, value_ms: float | None) -> None:
    if value_ms is not None:
        v4l2.put(device, v4l2.EXPOSURE_AUTO, v4l2.MANUAL_EXPOSURE)
        v4l2.put(device, v4l2.EXPOSURE, round(value_ms * v4l2.STEPS_PER_MS))
        return
    *others, last = v4l2.AUTO_EXPOSURES
    for mode in others:
        try:
            v4l2.put(device, v4l2.EXPOSURE_AUTO, mode)
        except OSError:  # which of them there are depends on the camera
            continue
        return
    v4l2.put(device, v4l2.EXPOSURE_AUTO, last)


def _exposure(device: int) -> Iterator[Adjustment]:
    mode = v4l2.get(device, v4l2.EXPOSURE_AUTO)
    is_automatic = mode not in (None, v4l2.MANUAL_EXPOSURE)
    steps_per_ms = v4l2.STEPS_PER_MS
    yield from _adjustment(
        device, "exposure", v4l2.EXPOSURE, steps_per_ms, is_automatic
    )


def _focus(device: int) -> Iterator[Adjustment]:
    is_automatic = v4l2.get(device, v4l2.FOCUS_AUTO) == 1
    yield from _adjustment(device, "focus", v4l2.FOCUS, 1, is_automatic)


def _adjustment(
    device: int, name: str, identity: int, scale: int, is_automatic: bool
) -> Iterator[Adjustment]:
    """Yield the adjustment that a control is, if the device has it."""
    found = v4l2.control(device, identity)
    value = v4l2.get(device, identity)
    if found is not None and value is not None:
        yield Adjustment(
            name,
            minimum=found.minimum / scale,
            maximum=found.maximum / scale,
            step=found.step / scale,
            value=value / scale,
            is_automatic=is_automatic,
        )
