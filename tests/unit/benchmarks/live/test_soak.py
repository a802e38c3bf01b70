"""A long run: what it asks the program for, and what it finds in its files."""

import sys

import pytest
from cameras import answering
from tracks import number
from updates import event, known_update

from benchmarks.__main__ import main
from benchmarks.live import soak
from edge_app.sinks.records.history import History

UPDATE = known_update(
    *number("29"), events=[event("appeared"), event(), event("settled", 2)]
)


def test_settled_numbers_are_counted_in_the_program_s_own_history(tmp_path):
    path = tmp_path / "history.sqlite"
    history = History(path)
    for _ in range(2):
        assert history.write(UPDATE)
    history.close()
    history._thread._thread.join(60)
    assert soak._num_kept(path) == 4


def test_settled_numbers_are_counted_in_the_program_s_own_metrics():
    pytest.importorskip("prometheus_client", reason="the extra web")
    from edge_app.sinks.web.metrics import Metrics

    metrics = Metrics()
    metrics.write(UPDATE)
    with answering(b"HTTP/1.0 200 OK\r\n\r\n" + metrics.exposition()) as port:
        assert soak._num_settled(port) == 2


def test_everything_is_on(tmp_path):
    words = soak._command("http://127.0.0.1:1/video", 8080, tmp_path)
    assert words[:4] == [sys.executable, "-m", "edge_app", "run"]
    assert words[words.index("--source") + 1] == "http://127.0.0.1:1/video"
    for option in ("--jsonl", "--csv", "--history", "--save-unsure", "--view"):
        assert option in words
    assert words[words.index("--history") + 1] == str(tmp_path / "history.sqlite")


def test_it_runs_for_a_minute_at_least(capsys):
    with pytest.raises(SystemExit):
        main(["soak", "--minutes", "0"])
    assert "argument --minutes: " in capsys.readouterr().err
