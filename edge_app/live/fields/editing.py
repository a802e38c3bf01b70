"""The live page's tools to draw fields, to try them and to keep them."""

import base64
import threading
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.cli.save_settings import save
from edge_app.common import files
from edge_app.common.errors import SettingsError
from edge_app.live.fields.field import Field
from edge_app.live.fields.locating.located import Located
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import (
    LiveSetup,
    Setup,
    exposure_of,
    fields_of,
    focus_of,
    rotation_of,
    share_of,
)
from edge_app.live.fields.values.value import FieldReading
from edge_app.sinks.mqtt.field_topics import jpeg
from edge_app.sources.source import Adjustment

_TRIED_JPEG_QUALITY = 95  # of 100, JPEG


class Editing:
    """Changes a setup that is in use; of many threads, one at a time."""

    def __init__(self, setup: LiveSetup, settings: ReaderSettings) -> None:
        """Edit `setup`; a reader for trials is opened at the first of them."""
        self._setup = setup
        self._settings = settings
        self._reader: LiveReader | None = None
        self._located: tuple[Setup, Located] | None = None
        self._lock = threading.Lock()

    def described(self, readings: Mapping[str, FieldReading]) -> dict[str, Any]:
        """Return the setup for JSON, with what was read last.

        Args:
            readings: By the fields' names.
        """
        now = self._setup.now
        return {
            "rotate": str(now.rotate),
            "turned": self._setup.turn() or 0,
            "min_confidence": now.min_confidence,
            "reference": now.reference is not None,
            "marks": [list(point) for point in now.marks],
            "camera": [asdict(adjustment) for adjustment in self._adjustments()],
            "kept_in": str(self._setup.config) if self._setup.config else None,
            "fields": [_field(field, readings.get(field.name)) for field in now.fields],
        }

    def change(self, wanted: object) -> None:
        """Read as JSON says from the next frame on, and keep that in the file.

        Args:
            wanted: What of `rotate`, `min_confidence`, `fields`, `exposure` and `focus`
                is to be another one; null leaves the latter two to the camera.

        Raises:
            SettingsError: Something is not as it should be, or the file cannot be
                written; then nothing changes.
        """
        with self._lock:
            proposed = self._proposed(wanted)
            assert isinstance(wanted, Mapping)
            self._adjust("exposure", proposed.exposure_ms, wanted)
            self._adjust("focus", proposed.focus, wanted)
            self._adopt(proposed)

    def tried(self, wanted: object, frame: NDArray[np.uint8]) -> list[dict[str, Any]]:
        """Return what is read in the fields of a proposal, with their pictures.

        Args:
            wanted: As `change` takes it.
            frame: `(H, W, 3)` uint8, BGR, upright.

        Raises:
            SettingsError: Something is not as it should be.
        """
        with self._lock:
            setup = self._proposed(wanted)
            if self._reader is None:
                self._reader = LiveReader(self._settings, self._setup)
            read = self._reader.read_fields(frame, setup).fields
        return [_tried(reading) for reading in read]

    def picture(self, frame: NDArray[np.uint8]) -> bytes:
        """Return a frame as JPEG, laid over the reference picture if there is one."""
        with self._lock:
            now = self._setup.now
            if not now.is_followed:
                return jpeg(frame)
            if self._located is None or self._located[0] != now:
                self._located = now, Located(now)
            matrix = self._located[1].matrix(frame)
        if matrix is None:
            return jpeg(frame)
        size_wh = frame.shape[1], frame.shape[0]
        back = np.diag([*size_wh, 1.0]) @ np.linalg.inv(matrix)
        return jpeg(np.asarray(cv2.warpPerspective(frame, back, size_wh), np.uint8))

    def take_reference(self, frame: NDArray[np.uint8] | None) -> None:
        """Let a frame be the reference picture; `None` for no reference.

        Raises:
            SettingsError: There is no settings file beside which it could be kept, or
                it cannot be written there.
        """
        with self._lock:
            if frame is None:
                self._adopt(replace(self._setup.now, reference=None))
                return
            if self._setup.config is None:
                raise SettingsError(
                    "a reference picture is kept beside the settings; start with "
                    "--config FILE"
                )
            camera = self._setup.camera
            name = f"reference-{camera}.jpg" if camera else "reference.jpg"
            path = self._setup.config.parent / name
            _, content = cv2.imencode(
                ".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, _TRIED_JPEG_QUALITY]
            )
            try:
                files.write_bytes(path, content.tobytes())
            except OSError as error:
                raise SettingsError(f"{path}: {error.strerror}") from error
            self._reader = self._located = None  # these know the one before
            now = self._setup.now
            taken = now.num_taken + 1
            self._adopt(replace(now, reference=path, marks=(), num_taken=taken))

    def forget(self, name: str) -> bool:
        """Let a field's next value be its first; `False` if there is no such field."""
        if name not in {field.name for field in self._setup.now.fields}:
            return False
        self._setup.forget(name)
        return True

    def _proposed(self, wanted: object) -> Setup:
        if not isinstance(wanted, Mapping):
            raise SettingsError(f"a JSON object expected, got {wanted!r}")
        keys = ("rotate", "min_confidence", "fields", "exposure", "focus")
        for key in wanted:
            if key not in keys:
                raise SettingsError(f"one of {', '.join(keys)} expected, got {key!r}")
        now = self._setup.now
        if "rotate" in wanted:
            now = replace(now, rotate=rotation_of(wanted["rotate"]))
        if "min_confidence" in wanted:
            least = share_of(wanted["min_confidence"], "min_confidence")
            now = replace(now, min_confidence=least)
        if "fields" in wanted:
            now = replace(now, fields=fields_of(wanted["fields"]))
        if "exposure" in wanted:
            now = replace(now, exposure_ms=exposure_of(wanted["exposure"]))
        if "focus" in wanted:
            now = replace(now, focus=focus_of(wanted["focus"]))
        return now

    def _adjustments(self) -> list[Adjustment]:
        source = self._setup.source
        return [] if source is None else source.adjustments()

    def _adjust(
        self, name: str, value: float | None, wanted: Mapping[str, object]
    ) -> None:
        if name not in wanted:
            return
        source = self._setup.source
        if source is None or name not in {
            adjustment.name for adjustment in self._adjustments()
        }:
            raise SettingsError(f"this source has no {name} to be set")
        try:
            source.adjust(name, value)
        except OSError as error:
            raise SettingsError(
                f"the camera refuses that ({error.strerror})"
            ) from error

    def _adopt(self, setup: Setup) -> None:
        if self._setup.config is not None:
            save(self._setup.config, setup, camera=self._setup.camera)
        self._setup.change(setup)


def _field(field: Field, read: FieldReading | None) -> dict[str, Any]:
    known = (read or FieldReading(field)).to_dict()
    return {**known, "settings": field.table()}


def _tried(read: FieldReading) -> dict[str, Any]:
    value = None if read.text is None else read.field.value(read.text)
    picture = None
    if read.image is not None:
        picture = (
            f"data:image/jpeg;base64,{base64.b64encode(jpeg(read.image)).decode()}"
        )
    return {**read.to_dict(), "value": value, "picture": picture}
