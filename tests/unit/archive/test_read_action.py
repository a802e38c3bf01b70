"""What `edge-digits archive read` does where all is read, or it is ended."""

import os
import signal
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from edge_app.archive import read_action
from edge_app.archive.archive_arguments import add_actions
from edge_app.archive.store import shards
from edge_app.archive.work import engine
from edge_app.archive.work.estimate import Sample
from edge_app.cli import commands


@pytest.fixture
def read(finished):
    """Read the archive's own scans once more; the exit status."""

    def done(*words):
        parser = commands.Parser()
        add_actions(parser)
        (_, lines), *_ = shards.grouped(finished.store.manifest)
        words = Path(lines[0].path).parent, finished.store.folder, *words
        words = ["read", *words, "--reader", "classic"]
        return read_action.run(parser.parse_args([str(word) for word in words]))

    return done


class Started(Exception):
    pass


def test_workers_are_started_only_where_something_is_not_read(
    read, finished, monkeypatch, capsys
):
    def connected(_):
        raise Started

    monkeypatch.setattr(engine, "connected", connected)
    assert read() == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(
        f"4 files in 2 shards, 2 of them read as {finished.fingerprint}\n"
    )
    assert printed.err == ""
    finished.store.part(1, finished.fingerprint).unlink()
    with pytest.raises(Started):
        read()


def test_a_sample_tells_what_all_would_take(read, monkeypatch, capsys):
    workers = SimpleNamespace(nthreads=lambda: {"a": 1, "b": 1})
    monkeypatch.setattr(engine, "connected", lambda _: nullcontext(workers))
    samples = Sample(1, 2, 500_000, 180.0), Sample(1, 4, 1_500_000, 300.0)
    monkeypatch.setattr(engine, "results", lambda *_: iter(samples))
    assert read("--sample", 2, "--price", 3) == 0
    assert capsys.readouterr().out.splitlines()[-8:] == [
        "2 files of 4 read: 6 pages, 0.0 pages/s a worker, 1.00 MB a file",
        "all: about 12 pages in 2 shards",
        "   1 times these 2 workers: 8.0 min",
        "   2 times these 2 workers: 8.0 min",  # a shard is read by one of them
        "   5 times these 2 workers: 8.0 min",
        "  10 times these 2 workers: 8.0 min",
        " 100 times these 2 workers: 8.0 min",
        "cost: 0.40 in all, whether few or many of them read",
    ]


def test_sigterm_ends_it_as_ctrl_c_does(read, monkeypatch, capsys):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(
        shards, "update", lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)
    )
    assert read() == commands.INTERRUPTED
    assert capsys.readouterr().err == (
        "interrupted; what is finished stays, the same command goes on\n"
    )
    assert signal.getsignal(signal.SIGTERM) is before
