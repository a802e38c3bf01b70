import time
from dataclasses import replace

import pytest

pytest.importorskip("prometheus_client", reason="the extra web")

from prometheus_client.parser import text_string_to_metric_families
from updates import blank_update, event, scene_update

from edge_app.sinks.web.metrics import Metrics


def samples(metrics):
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_everything_is_counted(reader):
    started = time.time()
    metrics = Metrics()
    assert samples(metrics)["edge_digits_events_total", "settled"] == 0
    blank = blank_update(reader)
    metrics.write(blank)
    update = scene_update(reader, events=[event(), event("settled", 2), event("gone")])
    metrics.write(update)
    metrics.reconnected()
    found = samples(metrics)
    assert found["edge_digits_frames_total",] == 2
    assert found["edge_digits_digits",] == len(update.reading.digits)
    assert found["edge_digits_events_total", "settled"] == 2
    assert found["edge_digits_events_total", "gone"] == 1
    assert found["edge_digits_reconnects_total",] == 1
    assert found["edge_digits_reading_seconds_count", "total"] == 2
    assert found["edge_digits_reading_seconds_count", "find"] == 2
    *stages, total = (
        found["edge_digits_reading_seconds_sum", stage]
        for stage in ("find", "normalize", "classify", "group", "total")
    )
    assert sum(stages) == pytest.approx(total)
    age_s = sum(sent_update.age_ms for sent_update in (blank, update)) / 1000
    assert found["edge_digits_frame_age_seconds_sum",] == pytest.approx(age_s)
    last_s = found["edge_digits_last_frame_timestamp_seconds",]
    assert started < last_s < time.time()


def test_a_file_that_cannot_be_read_is_no_frame(reader):
    metrics = Metrics()
    update = blank_update(reader)
    metrics.write(replace(update, frame=replace(update.frame, fault="torn")))
    found = samples(metrics)
    assert found["edge_digits_unreadable_total",] == 1
    assert found["edge_digits_frames_total",] == 0


def test_two_of_them_do_not_mix(reader):
    first, second = Metrics(), Metrics()
    first.write(blank_update(reader))
    assert samples(second)["edge_digits_frames_total",] == 0
