"""The values of fields over time: steady, and none that cannot be."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.kept_values import KeptValue, KeptValues
from edge_app.live.fields.values.value import IMPLAUSIBLE, FieldReading
from edge_app.live.tracking.tracking_limits import TRACKING
from edge_app.sources.source import Frame

_LEAST_ALIKE_FRAMES = 2  # that read alike


@dataclass
class _State:
    """Knowledge of a field.

    Attributes:
        seen: What the last frame read, or why it did not.
        since_s: Since when.
        num_frames: In how many.
        value: The last one that was believed.
        previous: The one before it.
        confirmed_s: When the value was read last.
        fault: Why what is there now is not believed.
        decimals: How many digits of the value stand behind the point.
        is_kept: Whether the value is of before the start, and was not read since.
    """

    seen: tuple[str | None, str | None] | None = None
    since_s: float = 0.0
    num_frames: int = 0
    value: float | None = None
    previous: float | None = None
    confirmed_s: float = -math.inf
    fault: str | None = None
    decimals: int = 0
    is_kept: bool = False


class Values:
    """Follows what is read in fields; a value is believed once it lasts and is likely.

    In pictures that stand alone each is believed at once.
    """

    def __init__(self, *, is_moving: bool, kept: KeptValues | None = None) -> None:
        """Know nothing yet but what is kept.

        Args:
            is_moving: Whether frames show what the ones before did.
            kept: Values of before the start, and where those of now are kept.
        """
        self._is_moving = is_moving
        self._kept = kept
        self._earlier = {} if kept is None else dict(kept.earlier)
        self._states: dict[str, _State] = {}

    def follow(
        self, fields: Iterable[FieldReading], frame: Frame, *, forgotten: Iterable[str]
    ) -> tuple[FieldReading, ...]:
        """Return what is known of the fields after a frame.

        Args:
            fields: As they are read in the frame alone.
            frame: The frame.
            forgotten: Names of those whose earlier values no longer count.
        """
        for name in forgotten:
            self._states.pop(name, None)
            self._earlier.pop(name, None)
        found = tuple(self._followed(reading, frame) for reading in fields)
        names = {reading.name for reading in found}
        self._states = {k: v for k, v in self._states.items() if k in names}
        if self._kept is not None:
            self._kept.take(self._to_keep(frame.time_s))
        return found

    def _state(self, field: Field, time_s: float) -> _State:
        """Return what is known of a field; nothing, once its point stands elsewhere."""
        earlier = self._earlier.pop(field.name, None)
        if earlier is not None:
            self._states[field.name] = _State(
                value=earlier.value,
                previous=earlier.previous,
                confirmed_s=time_s - max(0.0, time.time() - earlier.time_s),
                decimals=earlier.decimals,
                is_kept=True,
            )
        state = self._states.get(field.name)
        if state is None or state.decimals != field.decimals:
            state = self._states[field.name] = _State(decimals=field.decimals)
        return state

    def _to_keep(self, now_s: float) -> dict[str, KeptValue]:
        return {
            name: KeptValue(
                state.value,
                state.previous,
                state.decimals,
                time.time() - (now_s - state.confirmed_s),
            )
            for name, state in self._states.items()
            if state.value is not None
        }

    def _followed(self, read: FieldReading, frame: Frame) -> FieldReading:
        state = self._state(read.field, frame.time_s)
        before = state.value, state.fault
        is_news = False
        if self._has_lasted(state, read, frame.followed_s):
            self._believe(state, read, frame.time_s)
            # Who listens since the start has not heard of what was kept.
            is_news, state.is_kept = state.is_kept, False
        return replace(
            read,
            value=state.value,
            previous=state.previous,
            fault=state.fault,
            is_news=is_news or (state.value, state.fault) != before,
        )

    def _has_lasted(self, state: _State, read: FieldReading, now_s: float) -> bool:
        seen = read.text, read.fault
        if seen != state.seen:
            state.seen, state.since_s, state.num_frames = seen, now_s, 0
        state.num_frames += 1
        if not self._is_moving:
            return True
        needed_s = TRACKING.settled_s if read.fault is None else TRACKING.gone_s
        return (
            state.num_frames >= _LEAST_ALIKE_FRAMES
            and now_s - state.since_s >= needed_s
        )

    def _believe(self, state: _State, read: FieldReading, time_s: float) -> None:
        """Take what has lasted, unless it cannot be."""
        state.fault = read.fault
        if read.fault is not None or read.text is None:
            return
        value = read.field.value(read.text)
        elapsed_s = time_s - state.confirmed_s if self._is_moving else math.inf
        why = why_implausible(read.field, value, state.value, elapsed_s)
        if why is not None:
            state.fault = f"{IMPLAUSIBLE}: {why}"
            return
        state.confirmed_s = time_s
        if value != state.value:
            state.previous, state.value = state.value, value


def why_implausible(
    field: Field, value: float, before: float | None, elapsed_s: float
) -> str | None:
    """Return why a value cannot be, in a few words; `None` if it can.

    Args:
        field: Whose.
        value: What is read.
        before: What was believed last; `None` for the first one.
        elapsed_s: Seconds since that was read last.
    """

    def shown(number: float) -> str:
        return f"{number:.{field.decimals}f}"

    if field.minimum is not None and value < field.minimum:
        return f"{shown(value)} is below {field.minimum:g}"
    if field.maximum is not None and value > field.maximum:
        return f"{shown(value)} is above {field.maximum:g}"
    if before is None:
        return None
    if field.never_falls and value < before:
        return f"{shown(value)} after {shown(before)}, though it never falls"
    if field.max_change_per_minute is not None:
        # A meter that steps may do so at any moment.
        step = 1.0 / 10**field.decimals
        most = max(step, field.max_change_per_minute * elapsed_s / 60)
        if abs(value - before) > most + step / 2:
            limit = f"{field.max_change_per_minute:g}"
            return f"{shown(value)} after {shown(before)}, more than {limit} a minute"
    return None
