"""How long an archive would take, by a sample of it."""

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from clocks import Clock
from scans import page, tiff

from edge_app.archive.listing.listed import Found
from edge_app.archive.store import shards
from edge_app.archive.store.shards import Line
from edge_app.archive.work import estimate, part
from edge_app.archive.work.estimate import Sample


def test_an_hour_is_that_of_all_files_by_the_files_that_were_read():
    sample = Sample(num_files=10, num_pages=30, size_bytes=1000, seconds=36.0)
    assert sample.hours(10) == pytest.approx(0.01)
    assert sample.hours(1_000_000) == pytest.approx(1000)


def test_more_workers_than_shards_are_no_faster():
    assert estimate.shared(10.0, 10, 1) == 10.0
    assert estimate.shared(10.0, 10, 4) == 3.0  # two of them read three shards
    assert estimate.shared(10.0, 10, 10) == estimate.shared(10.0, 10, 1000) == 1.0


def test_samples_add_up():
    samples = Sample(2, 3, 500, 1.5), Sample(1, 1, 100, 0.5)
    assert estimate.total(iter(samples)) == Sample(3, 4, 600, 2.0)


@pytest.fixture
def manifest(tmp_path):
    """A thousand files in ten shards."""
    path = tmp_path / "manifest.parquet"
    found = (Found(f"/scans/{n}.png", 1000 + n, 0) for n in range(1000))
    shards.update(path, found, shard_size=100)
    return path


def sampled(task, manifest, count):
    """The files of each job."""
    found = []
    for job in estimate.jobs(task.settings, manifest, count):
        assert job.do is estimate.measure
        settings, lines = job.given
        assert settings is task.settings
        found.append([line.file for line in lines])
    return found


@pytest.mark.parametrize(
    ("count", "sizes"), [(1, [1]), (10, [10]), (25, [10, 10, 5]), (2000, [10] * 100)]
)
def test_a_few_files_are_read_at_a_time(task, manifest, count, sizes):
    jobs = sampled(task, manifest, count)
    assert [len(files) for files in jobs] == sizes
    chosen = [file for files in jobs for file in files]
    assert len(set(chosen)) == len(chosen)


def test_they_are_from_everywhere_and_the_same_each_time(task, manifest):
    chosen = [file for files in sampled(task, manifest, 200) for file in files]
    by_shard = [sum(file // 100 == n for file in chosen) for n in range(10)]
    assert min(by_shard) >= 10  # of 20 expected
    assert chosen == [f for files in sampled(task, manifest, 200) for f in files]


def test_files_are_measured_as_they_are_read(task, tmp_path, monkeypatch):
    clock, reading = Clock(), part.reading
    monkeypatch.setattr(estimate, "time", clock)

    def slow(*given, **options):
        clock.sleep(60)  # while the models are loaded
        return (clock.sleep(2) or pages for pages in reading(*given, **options))

    monkeypatch.setattr(part, "reading", slow)
    image = page(1, (320, 240))
    cv2.imwrite(str(tmp_path / "one.png"), image)
    (tmp_path / "two.tif").write_bytes(tiff([image, image]))
    names = "one.png", "two.tif", "lost.png"
    lines = [Line(n, 0, str(tmp_path / name)) for n, name in enumerate(names)]
    sample = estimate.measure(task.settings, lines, is_careful=False)
    assert (sample.num_files, sample.num_pages) == (3, 4)  # one that is lost is one
    sizes = [(tmp_path / name).stat().st_size for name in names[:2]]
    assert sample.size_bytes == sum(sizes)
    assert sample.seconds == 6  # two for each file
