import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")
optuna = pytest.importorskip("optuna", reason="needs the extra tune")

from train.__main__ import main
from train.tune import study as tune

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tune")]

# Seconds, not minutes: 300 images, one epoch, no augmentation to compile.
QUICK = ["--share", "0.05", "--max-epochs", "1", "--no-augment"]


@pytest.fixture(scope="module")
def postgres():
    """The URL of a real PostgreSQL cluster, made for these tests."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not folders:
        pytest.skip("needs Debian's postgresql")
    programs = folders[-1].parent
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    place = Path(tempfile.mkdtemp(prefix="edge-digits-pg-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def do(program, *options):
        # PostgreSQL refuses to run as root.
        as_user = {"user": user} if os.getuid() == 0 else {}
        subprocess.run(
            [programs / program, *options],
            check=True,
            cwd=place,
            stdout=subprocess.DEVNULL,
            **as_user,
        )

    shutil.chown(place, user)
    cluster = place / "data"
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -k {place} -c fsync=off"
    do("initdb", "-D", cluster, "-A", "trust", "-U", "tester")
    do("pg_ctl", "-D", cluster, "-w", "-l", place / "log", "-o", settings, "start")
    try:
        do("createdb", "-h", place, "-p", str(port), "-U", "tester", "digits")
        yield f"postgresql://tester:secret@127.0.0.1:{port}/digits"
    finally:
        do("pg_ctl", "-D", cluster, "-m", "immediate", "stop")
        shutil.rmtree(place)


def trials_of(url, study="digits"):
    storage = url.replace("postgresql:", "postgresql+psycopg:")
    return optuna.load_study(study_name=study, storage=storage).get_trials()


def holds_a_trial(path):
    """Whether a database has a finished trial, asked without changing it."""
    query = "select count(*) from trials where state = 'COMPLETE'"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchone()[0] > 0
    except sqlite3.OperationalError:  # not there yet
        return False


@pytest.fixture(scope="module")
def searched(small_mnist_dir, tmp_path_factory):
    """The folder of a search of three trials, in SQLite."""
    folder = tmp_path_factory.mktemp("search") / "tune"
    options = ["--data", str(small_mnist_dir), "--run", str(folder), "--trials", "3"]
    assert main(["tune", *options, *QUICK]) == 0
    return folder


def test_search_leaves_its_results(searched):
    trials = trials_of(f"sqlite:///{searched / 'study.db'}")
    finished = [trial for trial in trials if trial.state in tune.FINISHED]
    assert len(finished) == 3
    assert len({tuple(trial.params.values()) for trial in trials}) == 3
    best = json.loads((searched / "best.json").read_text())
    assert best["validation_accuracy"] == max(
        trial.value for trial in trials if trial.state.name == "COMPLETE"
    )
    assert set(best["settings"]) == {
        "epochs", "batch_size", "learning_rate", "num_layers", "filters", "dropout",
    }  # fmt: skip
    page = (searched / "tune.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 2
    assert "Too few trials yet" in page
    assert f"{best['validation_accuracy']:.2%}" in page
    assert "<script" not in page


def test_search_goes_on(searched, small_mnist_dir, tmp_path, capsys):
    folder = tmp_path / "copy"
    shutil.copytree(searched, folder)
    options = ["--data", str(small_mnist_dir), "--run", str(folder)]
    assert main(["tune", *options, "--trials", "4", *QUICK]) == 0
    trials = trials_of(f"sqlite:///{folder / 'study.db'}")
    assert len(trials) == 4
    assert trials[-1].params not in [trial.params for trial in trials[:-1]]
    assert main(["tune", *options, "--trials", "4", *QUICK]) == 0  # nothing to do
    assert len(trials_of(f"sqlite:///{folder / 'study.db'}")) == 4
    capsys.readouterr()
    assert main(["tune", *options, *QUICK, "--max-epochs", "2"]) == 1
    assert "was begun with max_epochs 1, not 2" in capsys.readouterr().err


@pytest.mark.soak
def test_two_workers_share_one_postgresql(postgres, small_mnist_dir, tmp_path):
    """Two machines in effect: two commands, each with a process of its own."""
    command = [sys.executable, "-m", "train", "tune", "--data", str(small_mnist_dir)]
    command += ["--database", postgres, "--trials", "6", *QUICK]
    running = [
        subprocess.Popen(
            [*command, "--run", str(tmp_path / name)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in running:
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0, out
        assert "secret" not in out
    trials = trials_of(postgres)
    assert 6 <= len([trial for trial in trials if trial.state in tune.FINISHED]) <= 7
    assert [trial.number for trial in trials] == list(range(len(trials)))
    # They worked at the same time, on different trials.
    spans = sorted((trial.datetime_start, trial.datetime_complete) for trial in trials)
    assert any(later < end for (_, end), (later, _) in pairwise(spans))
    assert len({tuple(trial.params.values()) for trial in trials}) == len(trials)
    for name in ("one", "two"):
        assert (tmp_path / name / "tune.html").exists()


# On a busy machine the first worker may have done all trials before the second begins.
WAITING_FOR_ANOTHER = """
import time
from train.__main__ import main
from train.tune import study

accuracy = study._accuracy

def when_another_has_begun(trial, *given):
    while len(trial.study.get_trials(deepcopy=False)) < 2:
        time.sleep(0.1)
    return accuracy(trial, *given)

study._accuracy = when_another_has_begun
raise SystemExit(main())
"""


def test_workers_of_one_command(postgres, small_mnist_dir, tmp_path):
    command = [sys.executable, "-c", WAITING_FOR_ANOTHER, "tune"]
    command += ["--data", str(small_mnist_dir)]
    command += ["--database", postgres, "--study", "workers", "--workers", "2"]
    command += ["--trials", "3", "--run", str(tmp_path / "run"), *QUICK]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    trials = trials_of(postgres, "workers")
    spans = sorted((trial.datetime_start, trial.datetime_complete) for trial in trials)
    assert any(later < end for (_, end), (later, _) in pairwise(spans))


@pytest.mark.soak
def test_killed_search_goes_on(small_mnist_dir, tmp_path):
    command = [sys.executable, "-m", "train", "tune", "--data", str(small_mnist_dir)]
    command += ["--run", str(tmp_path / "run"), *QUICK]
    url = f"sqlite:///{tmp_path / 'run' / 'study.db'}"
    process = subprocess.Popen([*command, "--trials", "1000"])
    deadline = time.monotonic() + 120
    while not holds_a_trial(tmp_path / "run" / "study.db"):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = [trial for trial in trials_of(url) if trial.state in tune.FINISHED]
    assert before
    done = subprocess.run([*command, "--trials", str(len(before) + 1)], timeout=300)
    assert done.returncode == 0
    after = [trial for trial in trials_of(url) if trial.state in tune.FINISHED]
    assert len(after) == len(before) + 1
    assert [trial.number for trial in before] == [trial.number for trial in after[:-1]]


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "postgresql://nobody@127.0.0.1:9/none",
        "sqlite:////proc/none/study.db",
    ],
)
def test_database_that_is_not_there(url, small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--run", str(tmp_path)]
    assert main(["tune", *options, "--database", url, *QUICK]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--share", "0"),
        ("--validation-share", "1"),
        ("--seed", "-1"),
    ],
)
def test_bad_settings(option, value, tmp_path, capsys):
    assert main(["tune", "--run", str(tmp_path / "run"), option, value]) == 1
    assert "expected" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_share_that_is_no_number(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["tune", "--run", str(tmp_path / "run"), "--share", "nan"])
    assert "a finite number expected, got nan" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_share_too_small(small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--run", str(tmp_path / "run")]
    assert main(["tune", *options, "--share", "0.001"]) == 1
    assert "cannot be held out" in capsys.readouterr().err
