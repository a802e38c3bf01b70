"""Jobs that workers of this machine do, some of which end their workers."""

import os

import pytest
from needed import need

need("distributed", reason="needs the extra archive")

import dask

from edge_app.archive.work import engine
from edge_app.archive.work.engine import Job
from edge_app.common.errors import ArchiveError

pytestmark = pytest.mark.xdist_group("archive_runs")


@pytest.fixture(scope="module")
def client():
    with engine.connected(engine.Workers(1)) as client:
        yield client


def test_workers_keep_no_record_of_their_seconds_and_few_arenas(client):
    found = client.run(
        lambda: (
            dask.config.get("distributed.worker.profile.enabled"),
            os.environ["MALLOC_ARENA_MAX"],
        )
    )
    assert list(found.values()) == [(False, "2")]


def test_results_come_as_jobs_are_done(client):
    def squared(number, *, is_careful):
        return number**2, is_careful

    jobs = (Job(f"job-{number}", squared, (number,)) for number in range(9))
    found = sorted(engine.results(client, jobs))
    assert found == [(number**2, False) for number in range(9)]
    assert list(engine.results(client, iter([]))) == []


def test_what_a_job_raises_is_told(client):
    def refused(*, is_careful):
        raise ArchiveError("a worker has other models")

    with pytest.raises(ArchiveError, match="a worker has other models"):
        list(engine.results(client, iter([Job("refused", refused, ())])))


def test_a_job_whose_worker_ended_is_done_again_with_care(client):
    def ends_its_worker(*, is_careful):
        if not is_careful:
            os._exit(1)
        return "done"

    job = Job("once", ends_its_worker, ())
    assert list(engine.results(client, iter([job]))) == ["done"]


def test_a_job_that_ends_each_of_its_workers_is_given_up(client):
    def ends_its_worker(*, is_careful):
        os._exit(1)

    job = Job("bomb", ends_its_worker, ())
    with pytest.raises(ArchiveError, match="bomb: 5 workers ended over it; is there"):
        list(engine.results(client, iter([job])))


def test_where_no_scheduler_answers_there_is_no_client():
    address = "no address of a scheduler"
    with (
        pytest.raises(ArchiveError, match=f"^{address}: no Dask scheduler answers"),
        engine.connected(engine.Workers(scheduler=address)),
    ):
        pass
