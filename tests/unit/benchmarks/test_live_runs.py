import contextlib
import json

import pytest

from benchmarks.live import live_runs
from edge_app.common.errors import EdgeDigitsError


def test_percentiles_are_rounded():
    ages_ms = [float(n) for n in range(101)]
    found = [live_runs._percentile(ages_ms, percent) for percent in (50, 95, 99)]
    assert found == [50, 95, 99]
    assert live_runs._percentile([1.0, 2.0, 2.26], 75) == 2.1


def test_rows_are_read_until_the_program_ends():
    rows = live_runs._rows(iter(json.dumps({"age_ms": n}) + "\n" for n in (3, 4)))
    assert [next(rows)["age_ms"], next(rows)["age_ms"]] == [3, 4]
    with pytest.raises(EdgeDigitsError, match="run ended by itself; see above"):
        next(rows)


def test_a_real_camera_sends_frames_until_its_block_ends_even_by_an_error():
    with (
        contextlib.suppress(ZeroDivisionError),
        live_runs.camera((320, 240), fps=30) as (url, process),
    ):
        ages_ms = live_runs._ages(url, reader_s=0.0, seconds=1)
        assert process.poll() is None
        1 / 0  # noqa: B018
    # How old they are depends on the machine; of another clock, they would be days.
    assert ages_ms
    assert all(0 <= age_ms < 60_000 for age_ms in ages_ms)
    assert process.poll() is not None


def test_ages_are_summed_up_for_each_reader(monkeypatch):
    waits = []

    def ages(url, reader_s, seconds):
        waits.append((url.partition(":")[0], reader_s, seconds))
        return [10.0, 20.04, 30.26]

    monkeypatch.setattr(live_runs, "_ages", ages)
    monkeypatch.setattr(live_runs, "camera", Nobody)
    first, *_, last = live_runs.ages(5)
    assert waits == [("http", 0.01, 5), ("http", 0.2, 5), ("http", 1.0, 5)]
    assert (first.reader_ms, last.reader_ms) == (10, 1000)
    assert (last.frames, last.age_p50_ms, last.age_last_ms) == (3, 20.0, 30.3)


class Nobody:
    """A camera that need not be there."""

    def __enter__(self):
        return "http://nowhere", None

    def __exit__(self, *_):
        pass
