import json

import pytest
from needed import need

need("pyarrow", reason="archives need the extra archive")

import numpy as np
import pyarrow.parquet as pq
from clocks import Clock

from benchmarks.__main__ import main
from benchmarks.time import archives
from benchmarks.time.frame_times import FrameConstants

# Two workers, which began at second 100: one had two shards, the other one.
DONE = [
    archives._Done(1, started_s=101, ended_s=104, memory_mb=60.4),
    archives._Done(2, started_s=101, ended_s=106, memory_mb=99),
    archives._Done(1, started_s=105, ended_s=108, memory_mb=64),
    archives._Done(1, started_s=109, ended_s=110, memory_mb=200.6),
]


def test_what_passes_between_shards_is_the_engines():
    # Of 10 and 6 seconds 7 and 5 were shards; what came after the last one is idle.
    assert archives._engine_share(DONE, 100) == pytest.approx(4 / 16)


def test_memory_is_that_of_the_worker_that_takes_most_in_the_end():
    assert archives._memory(DONE) == {
        "memory_first_mb": 60,
        "memory_half_mb": 64,
        "memory_end_mb": 201,
    }
    assert set(archives._memory(DONE[1:2]).values()) == {99}


def test_files_are_listed_into_a_manifest_beside_them(tmp_path, monkeypatch):
    clock, update = Clock(), archives.shards.update
    monkeypatch.setattr(archives, "time", clock)
    monkeypatch.setattr(
        archives.shards, "update", lambda *a, **b: clock.sleep(3) or update(*a, **b)
    )
    folder = tmp_path / "names"
    for name in ("box00000/a.jpg", "box00000/b.jpg", "box00001/c.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    took_s, memory_mb = archives._list(folder)
    assert took_s == 3
    assert 10 < memory_mb < 10_000
    assert pq.read_table(tmp_path / "names.parquet").num_rows == 3


@pytest.mark.parametrize("size_wh", [(160, 120), (320, 240)])
def test_pages_have_their_size_and_each_seed_its_own(size_wh, monkeypatch):
    small = FrameConstants(largest_drawn_wh=(200, 150))
    monkeypatch.setattr(archives, "TIMED_FRAMES", small)
    page = archives._page(1, size_wh)
    assert page.shape == (size_wh[1], size_wh[0], 3)
    assert not np.array_equal(page, archives._page(2, size_wh))


@pytest.mark.slow  # processes that read
def test_an_archive_is_read_with_one_worker_and_with_two(capsys):
    words = ["archives", "--count", "5", "--shard-size", "2", "--size", "320x240"]
    assert main([*words, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["workers"] for row in rows] == [1, 2]
    for row in rows:
        assert (row["pages"], row["shards"]) == (5, 3)
        assert 0 < row["reading_share"] <= 1
        assert 0 <= row["engine_share"] < 1
        assert row["bytes_per_page"] > 100


@pytest.mark.slow  # a process that imports PyArrow
def test_names_are_listed_in_a_process_of_its_own(capsys):
    assert main(["listing", "--count", "1001", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["names"], row["folders"]) == (1001, 2)
    assert row["memory_mb"] > 10
