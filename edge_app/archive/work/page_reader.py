"""The reader of an archive's pages: all of them, or the fields of a form."""

import math
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common import geometry
from edge_app.common.geometry import Box, Quarter
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.fields.values.steady_values import why_implausible
from edge_app.live.fields.values.value import IMPLAUSIBLE, FieldReading
from edge_app.reader import Reader
from edge_app.reading import Reading


class PageReader(Protocol):
    """A reader of pages."""

    def read(
        self, image: NDArray[np.uint8], *, rotate: Quarter | None = None
    ) -> Reading:
        """Return what stands on a page, `(H, W, 3)` uint8, BGR.

        Boxes lie where they do on the page as it came; those of fields lie on the page
        after it was turned.
        """


def opened(settings: ArchiveSettings) -> PageReader:
    """Return a reader with its models loaded.

    Raises:
        EdgeDigitsError: A model or the reference picture cannot be used.
    """
    if settings.setup is None:
        return settings.reader.open()
    return FormReader(settings.reader, settings.setup)


class FormReader:
    """Reads the fields of pages that have nothing to do with each other."""

    def __init__(self, settings: ReaderSettings, setup: Setup) -> None:
        """Load the models and look at the reference picture.

        Raises:
            EdgeDigitsError: One of them cannot be used.
        """
        self._setup = setup
        self._fields = LiveReader(settings, LiveSetup(setup))
        self._upright: Reader | None = None
        if setup.rotate == "auto":
            self._upright = replace(settings.anything(), rotate="auto").open()

    def read(
        self, image: NDArray[np.uint8], *, rotate: Quarter | None = None
    ) -> Reading:
        """Return what stands in the fields of a page.

        Args:
            image: `(H, W, 3)` uint8, BGR.
            rotate: Degrees clockwise that make it upright; `None` for what the
                settings say.
        """
        turn = self._turn(image) if rotate is None else rotate
        upright = geometry.turned(image, turn)
        reading = self._fields.read_fields(upright, self._setup)
        upright_wh = reading.width, reading.height

        def placed(box_xywh: Box) -> Box:
            return geometry.turned_box(box_xywh, upright_wh, geometry.back(turn))

        return replace(
            reading,
            width=image.shape[1],
            height=image.shape[0],
            rotation=turn,
            digits=tuple(
                replace(digit, box_xywh=placed(digit.box_xywh))
                for digit in reading.digits
            ),
            numbers=tuple(
                replace(number, box_xywh=placed(number.box_xywh))
                for number in reading.numbers
            ),
            fields=tuple(_judged(field) for field in reading.fields),
        )

    def _turn(self, image: NDArray[np.uint8]) -> Quarter:
        if self._upright is None:
            return 0 if self._setup.rotate == "auto" else self._setup.rotate
        return self._upright.read(image).rotation


def _judged(read: FieldReading) -> FieldReading:
    """Return a field with its value, or with why it cannot be that."""
    if read.fault is not None or read.text is None:
        return read
    value = read.field.value(read.text)
    # Pages are in no order: what one says limits nothing on another.
    reason = why_implausible(read.field, value, None, math.inf)
    if reason is not None:
        return replace(read, fault=f"{IMPLAUSIBLE}: {reason}")
    return replace(read, value=value)
