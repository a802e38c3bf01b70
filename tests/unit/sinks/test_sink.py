"""What sinks are given, and what they can do besides."""

import re
from datetime import datetime

import pytest
from needed import need
from tracks import number
from updates import known_update

from edge_app.sinks.records.record_sink import JSONLines
from edge_app.sinks.sink import (
    GivingUpSink,
    ReconnectingSink,
    RepeatingSink,
    WaitingSink,
)

pytestmark = pytest.mark.device


def test_an_update_is_of_its_file_or_else_of_its_source():
    assert known_update().origin == "demo"
    assert known_update(name="a.png").origin == "a.png"


def test_a_file_is_named_by_the_local_time_of_the_capture():
    update = known_update(*number("12"))
    stamp = update.local_stamp
    assert re.fullmatch(r"\d{8}-\d{6}-\d{3}", stamp)
    captured = datetime.strptime(stamp, "%Y%m%d-%H%M%S-%f").timestamp()
    assert captured == pytest.approx(update.made_s - 0.005, abs=0.0015)


def test_names_of_updates_sort_as_they_were_captured():
    update, stamps = known_update(), []
    for later_s in (0, 0.002, 59.9, 3600, 86_400):
        object.__setattr__(update, "made_s", 1_767_225_600 + later_s)
        stamps.append(update.local_stamp)
    assert stamps == sorted(set(stamps))


KINDS = WaitingSink, ReconnectingSink, GivingUpSink, RepeatingSink


def test_a_sink_that_only_writes_can_do_nothing_besides():
    assert not any(isinstance(JSONLines(), kind) for kind in KINDS)


def test_what_a_sink_can_do_besides_is_seen_by_its_methods():
    need("prometheus_client", reason="the extra web")
    from edge_app.sinks.web.metrics import Metrics

    can_do = [isinstance(Metrics(), kind) for kind in KINDS]
    assert can_do == [False, True, True, False]
