"""The counts of a run, as metrics that Prometheus collects."""

import time
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from edge_app import __version__
from edge_app.live.tracking.track import EventKind
from edge_app.sinks.sink import Update

_METRIC_PREFIX = "edge_digits"
CONTENT_TYPE = CONTENT_TYPE_LATEST
_READING_BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 0.5, 1, 2)
_AGE_BUCKETS_S = (0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5)


class Metrics:
    """Counts and times of everything that was read, of one process."""

    def __init__(self) -> None:
        """Begin with 0 everywhere."""
        registry = CollectorRegistry()

        def counter(name: str, help_text: str) -> Counter:
            return Counter(f"{_METRIC_PREFIX}_{name}", help_text, registry=registry)

        def gauge(name: str, help_text: str) -> Gauge:
            return Gauge(f"{_METRIC_PREFIX}_{name}", help_text, registry=registry)

        self._frames = counter("frames", "Frames read")
        self._reading = Histogram(
            f"{_METRIC_PREFIX}_reading_seconds",
            "Time to read a frame, by stage",
            ["stage"],
            buckets=_READING_BUCKETS_S,
            registry=registry,
        )
        self._age = Histogram(
            f"{_METRIC_PREFIX}_frame_age_seconds",
            "From a frame's capture to the end of its reading",
            buckets=_AGE_BUCKETS_S,
            registry=registry,
        )
        self._last = gauge("last_frame_timestamp_seconds", "When a frame was read last")
        self._digits = gauge("digits", "Digits in the last frame")
        self._rejects = gauge("rejects", "What was no digit in the last frame")
        self._events = _event_counter(registry)
        self._reconnects = counter(
            "reconnects", "Times the source was lost and opened anew"
        )
        self._given_up = counter("frames_given_up", "Frames that took too long to read")
        self._unreadable = counter(
            "unreadable", "Files of a folder that cannot be read"
        )
        build = Info(f"{_METRIC_PREFIX}_build", "This program", registry=registry)
        build.info({"version": __version__})
        ProcessCollector(namespace=_METRIC_PREFIX, registry=registry)
        self._registry = registry

    def write(self, update: Update) -> bool:
        """Count one update."""
        if update.frame.fault is not None:
            self._unreadable.inc()
            return True
        self._frames.inc()
        for stage, latency_ms in update.reading.latency_ms.items():
            self._reading.labels(stage).observe(latency_ms / 1000)
        self._age.observe(update.age_ms / 1000)
        self._last.set(time.time())
        self._digits.set(len(update.reading.digits))
        self._rejects.set(len(update.reading.rejects))
        for event in update.events:
            self._events.labels(event.kind).inc()
        return True

    def reconnected(self) -> None:
        """Count one time that the source was lost and opened anew."""
        self._reconnects.inc()

    def given_up(self) -> None:
        """Count one frame that took too long to read."""
        self._given_up.inc()

    def exposition(self) -> bytes:
        """Return all of it in Prometheus' text format, of type `CONTENT_TYPE`."""
        return generate_latest(self._registry)

    def close(self) -> None:
        """Do nothing: there is nothing to finish."""


def _event_counter(registry: CollectorRegistry) -> Counter:
    """Return a counter of events by kind, with 0 of each."""
    events = Counter(
        f"{_METRIC_PREFIX}_events",
        "What happened to numbers",
        ["kind"],
        registry=registry,
    )
    for kind in get_args(EventKind):
        events.labels(kind)  # 0 rather than absent until the first
    return events
