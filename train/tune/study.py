"""Search for good settings with Optuna: one process, or many on many machines.

All that is known of a search is in its study, in a database: workers on any machine
that reach it share the work, and what was stopped goes on where it was.
"""

import dataclasses
import multiprocessing
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import optuna
import sqlalchemy
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import TrialState
from tqdm import tqdm

from edge_app.common.errors import TrainingError
from edge_app.model.classify import NUM_DIGITS
from train.data import mnist as data
from train.fit import backend
from train.fit.batches import TrainingBatches, encode
from train.tune import search_space
from train.tune.search_settings import Search

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


@dataclass(frozen=True)
class StudyConstants:
    """Times and counts after which a trial is given up.

    Attributes:
        heartbeat_s: Between two signs of life of a worker.
        grace_s: Without one, after which a worker that was killed is noticed; another
            then takes its trial.
        num_startup_trials: That are judged in full before any other is given up.
        num_warmup_epochs: That each trial may have before it is given up.
    """

    heartbeat_s: int = 30
    grace_s: int = 120
    num_startup_trials: int = 5
    num_warmup_epochs: int = 2


_STUDY = StudyConstants()


@dataclass(frozen=True)
class StudyPlace:
    """Place of a study.

    Attributes:
        database: Its URL, as SQLAlchemy writes them.
        study: Its name there.
    """

    database: str
    study: str

    def __str__(self) -> str:
        """Return the name and the database, without its password.

        Raises:
            TrainingError: The URL is none.
        """
        with _database_errors():
            url = sqlalchemy.make_url(self.database)
            shown = url.render_as_string(hide_password=True)
        return f"study {self.study} in {shown}"


def settings(**given: Any) -> Search:
    """Return a search with these values.

    Raises:
        TrainingError: A value is out of its range.
    """
    try:
        return Search(**given)
    except ValueError as error:
        raise TrainingError(str(error)) from error


def run(
    place: StudyPlace, search: Search, *, mnist: Path | None, trials: int, workers: int
) -> optuna.Study:
    """Search until the study holds so many finished trials.

    Args:
        place: The study; it is begun, or goes on.
        search: What is searched.
        mnist: Where MNIST is, as for `data.load`.
        trials: Finished ones that end the search, those of earlier runs among them.
        workers: Processes that search here at once.

    Raises:
        TrainingError: The database cannot be used, or the study is of another search.
        DataError: MNIST is not there, or the share of it is too small.
    """
    data.load(mnist, "train")  # so that an error is told once
    study = opened(place, search)
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=_work, args=(place, search, mnist, trials), daemon=True)
        for _ in range(1, workers)
    ]
    for process in others:
        process.start()
    with tqdm(total=trials, initial=num_finished(study), unit="trial") as bar:
        _search(study, search, mnist, trials, lambda: _show(bar, study))
        for process in others:
            process.join()
        _show(bar, study)
    if failed := [process.exitcode for process in others if process.exitcode]:
        raise TrainingError(f"{len(failed)} of {workers} workers failed, see above")
    return study


def opened(place: StudyPlace, search: Search) -> optuna.Study:
    """Open a study, or create it if it is not there.

    Args:
        place: Where it is.
        search: What it must be of.

    Raises:
        TrainingError: The database cannot be used, or the study is of another search.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    with _database_errors():
        url = sqlalchemy.make_url(place.database)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")  # the one we install
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        study = optuna.create_study(
            storage=_storage(url.render_as_string(hide_password=False)),
            study_name=place.study,
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(
                n_startup_trials=_STUDY.num_startup_trials,
                n_warmup_steps=_STUDY.num_warmup_epochs,
            ),
        )
        for name, value in dataclasses.asdict(search).items():
            begun_with = study.user_attrs.get(name)
            if begun_with is None:
                study.set_user_attr(name, value)
            elif begun_with != value:
                raise TrainingError(
                    f"{place} was begun with {name} {begun_with}, not {value}; "
                    "keep to it, or begin another with --study"
                )
    return study


def _storage(url: str, *, attempts: int = 3) -> RDBStorage:
    retry = RetryHeartbeatStaleTrialCallback(max_retry=1)
    try:
        return RDBStorage(
            url,
            heartbeat_interval=_STUDY.heartbeat_s,
            grace_period=_STUDY.grace_s,
            heartbeat_stale_trial_callback=retry,
        )
    except sqlalchemy.exc.SQLAlchemyError:
        if attempts == 1:
            raise
    time.sleep(1)  # perhaps another worker was just making the same tables
    return _storage(url, attempts=attempts - 1)


def num_finished(study: optuna.Study) -> int:
    """Return how many trials were completed or pruned."""
    return len(study.get_trials(deepcopy=False, states=FINISHED))


def _work(place: StudyPlace, search: Search, mnist: Path | None, trials: int) -> None:
    """Run trials in another process, for `run`."""
    backend.start()
    try:
        _search(opened(place, search), search, mnist, trials)
    except KeyboardInterrupt:
        raise SystemExit(1) from None


def _search(
    study: optuna.Study,
    search: Search,
    mnist: Path | None,
    trials: int,
    show: Callable[[], None] = lambda: None,
) -> None:
    def after_trial(study: optuna.Study, _: optuna.trial.FrozenTrial) -> None:
        show()
        if num_finished(study) >= trials:
            study.stop()

    whole = data.load(mnist, "train")
    if search.share < 1:
        count = round(search.share * len(whole))
        _, whole = data.split(whole, count=count, seed=search.seed)
    count = round(search.validation_share * len(whole))
    training, validation = data.split(whole, count=count, seed=search.seed)

    def accuracy(trial: optuna.Trial) -> float:
        # A trial's number is its own among all workers, a worker's seed may not be.
        seed = np.random.SeedSequence([search.seed, trial.number]).generate_state(1)[0]
        study.sampler = optuna.samplers.TPESampler(seed=int(seed))
        return _accuracy(trial, search, training, validation)

    if num_finished(study) < trials:
        with _database_errors():
            study.optimize(accuracy, callbacks=[after_trial])


def _accuracy(
    trial: optuna.Trial, search: Search, training: data.Split, validation: data.Split
) -> float:
    """Train what a trial suggests, and return its best validation accuracy."""
    candidate = search_space.suggested(trial, max_epochs=search.max_epochs)
    keras.utils.clear_session()
    keras.utils.set_random_seed(search.seed)
    model = search_space.network(candidate)
    trial.set_user_attr("parameters", model.count_params())
    batches = TrainingBatches(
        training,
        num_outputs=NUM_DIGITS,
        batch_size=candidate.batch_size,
        augmented=search.augment,
        seed=search.seed,
    )
    decay = keras.optimizers.schedules.CosineDecay(
        candidate.learning_rate, candidate.epochs * len(batches)
    )
    model.compile(
        keras.optimizers.Adam(decay),
        "categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=backend.jit(),
    )
    history = model.fit(
        batches,
        validation_data=encode(validation, NUM_DIGITS),
        validation_batch_size=1000,
        epochs=candidate.epochs,
        shuffle=False,  # the batches shuffle themselves
        callbacks=[_Prune(trial)],
        verbose=0,
    )
    return float(max(history.history["val_accuracy"]))


class _Prune(keras.callbacks.Callback):
    """Tells the study of each epoch, and ends a trial that promises nothing."""

    def __init__(self, trial: optuna.Trial) -> None:
        super().__init__()
        self.trial = trial

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.trial.report(float((logs or {})["val_accuracy"]), epoch)
        if self.trial.should_prune():
            raise optuna.TrialPruned


def _show(bar: Any, study: optuna.Study) -> None:
    bar.n = num_finished(study)
    if study.get_trials(deepcopy=False, states=[TrialState.COMPLETE]):
        bar.set_postfix_str(f"best {study.best_value:.2%}", refresh=False)
    bar.refresh()


@contextmanager
def _database_errors() -> Iterator[None]:
    try:
        yield
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise TrainingError(
            f"--database: {error.args[0] if error.args else error}; a URL such as "
            "sqlite:///study.db or postgresql://user@host/name expected, of a database "
            "that is there"
        ) from error
