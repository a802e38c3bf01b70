"""Events as a history shows them: with a picture of the number, and its digits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2

from edge_app.common.geometry import Box
from edge_app.live.tracking.track import Event
from edge_app.sinks.corrections import specimen
from edge_app.sinks.corrections.specimen import Specimen
from edge_app.sinks.sink import Update

REMEMBERED = 200  # events that are kept with their pictures
_SHOWN_KINDS = ("settled", "changed", "gone")  # kinds of events that a history needs


@dataclass(frozen=True)
class _Thumb:
    """The picture of a number in a history.

    Attributes:
        height_px: At most.
        widest_heights: Its width at most, in its height.
        jpeg_quality: Of 100.
    """

    height_px: int = 40
    widest_heights: int = 8
    jpeg_quality: int = 80


_THUMB = _Thumb()


@dataclass(frozen=True)
class Happening:
    """An event as the history shows it.

    Attributes:
        serial: 1 for the first, then 2 and so on.
        when_s: When its frame was captured, in seconds since 1970.
        source: What that was of.
        event: What happened.
        name: Of its specimen, also when that is no longer known; `None` for none.
        thumb: The number as it was seen, a small JPEG file; `None` once gone.
        specimen: What a person may correct; `None` where that is not wanted or known.
        field: Whose number it is, where there are fields.
    """

    serial: int
    when_s: float
    source: str
    event: Event
    name: str | None = None
    thumb: bytes | None = None
    specimen: Specimen | None = None
    field: str | None = None


def of(update: Update, *, after: int, with_specimens: bool) -> Iterator[Happening]:
    """Yield what happened in an update that a history shows.

    Args:
        update: After a frame.
        after: Serial number of the happening before.
        with_specimens: Whether numbers may be corrected.
    """
    when_s = update.made_s - update.age_ms / 1000
    shown = [event for event in update.events if event.kind in _SHOWN_KINDS]
    for serial, event in enumerate(shown, start=after + 1):
        thumb = None if event.kind == "gone" else _thumb(update, event)
        found = _specimen(update, event) if with_specimens else None
        name = None if found is None else found.name
        field = None if event.field is None else event.field.name
        kept = _without_picture(event)
        yield Happening(serial, when_s, update.origin, kept, name, thumb, found, field)


def _without_picture(event: Event) -> Event:
    """Return an event that holds on to no part of its frame."""
    if event.field is None:
        return event
    return replace(event, field=replace(event.field, image=None))


def _thumb(update: Update, event: Event) -> bytes:
    small = specimen.shown(
        update.frame.image,
        event.box_xywh,
        height=_THUMB.height_px,
        widest=_THUMB.widest_heights,
        turn=update.reading.rotation,
    )
    _, content = cv2.imencode(
        ".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _THUMB.jpeg_quality]
    )
    return content.tobytes()


def _specimen(update: Update, event: Event) -> Specimen | None:
    """Return the number that an event is of, if the frame has it as the event tells."""
    if event.kind == "gone":
        return None
    for number in update.reading.numbers:
        if number.text == event.text and _is_at(number.box_xywh, event):
            return specimen.of_number(
                update.frame.image,
                update.reading,
                number,
                time_s=update.made_s,
                index=event.number_id,
            )
    return None


def _is_at(box_xywh: Box, event: Event) -> bool:
    """Return whether a number is where an event tells, or within its field's place."""
    if event.field is None:
        return box_xywh == event.box_xywh
    x, y, w, h = box_xywh
    left, top, width, height = event.box_xywh
    return left <= x + w / 2 <= left + width and top <= y + h / 2 <= top + height
