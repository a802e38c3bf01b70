"""Archives whose workers and schedulers are killed (kill -9) at random moments."""

import pytest
from needed import need

need("distributed", reason="needs the extra archive")
pytest.importorskip("psutil", reason="needs the group bench")

from benchmarks.time import kills, rendered_archive
from benchmarks.time.kills import KillPlan

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("archive_kills")]

HOW = ["--shard-size", "4", "--reader", "classic"]
MOST_PARTS = 4  # of 13 before each of three kills


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rendered") / "scans"
    rendered_archive.write(folder, 52, num_bombs=1)  # the 51st is torn
    return folder


@pytest.fixture(scope="module")
def undisturbed(scans, tmp_path_factory):
    """The archive of an undisturbed run, and what it reads."""
    out = tmp_path_factory.mktemp("undisturbed")
    return out, kills.undisturbed(scans, out, HOW)


@pytest.fixture(scope="module")
def expected(undisturbed):
    return undisturbed[1]


@pytest.mark.parametrize("seed", range(10))
def test_whoever_is_killed_the_rows_are_the_same(scans, expected, tmp_path, seed):
    out = tmp_path / "out"
    done = kills.disturbed(
        scans, out, HOW, KillPlan(seed, num_kills=3, most_parts=MOST_PARTS)
    )
    assert done["workers_killed"] + done["schedulers_killed"] > 0
    assert kills.differences(expected, out) == {
        "rows": len(expected), "missing": 0, "twice": 0, "different": 0
    }  # fmt: skip


def test_rows_that_differ_are_told(undisturbed):
    """What the test above relies on."""
    out, expected = undisturbed
    changed = {**expected, next(iter(expected)): "another hash", ("page", 99, 1, 0): ""}
    assert kills.differences(changed, out) == {
        "rows": len(expected), "missing": 1, "twice": 0, "different": 1
    }  # fmt: skip
