"""The results of a search, as one HTML page with pictures and as JSON."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from matplotlib import pyplot
from matplotlib.figure import Figure
from optuna.trial import TrialState
from optuna.visualization import matplotlib as plots

from edge_app.common import files
from train.report import plots as pictures
from train.report import training_report

NUM_SHOWN_TRIALS = 15  # of the best trials
_LEAST_FOR_IMPORTANCE = 5  # complete trials


def write(folder: Path, study: optuna.Study, search: dict[str, Any]) -> None:
    """Write `tune.html` and `best.json`.

    Args:
        folder: Where they go.
        study: With at least one complete trial.
        search: What was searched, for the record.
    """
    complete = study.get_trials(states=[TrialState.COMPLETE])
    best = sorted(complete, key=lambda trial: -trial.values[0])[:NUM_SHOWN_TRIALS]
    files.write_json(
        folder / "best.json",
        {
            "validation_accuracy": study.best_value,
            "settings": study.best_params,
            "trial": study.best_trial.number,
            "search": search,
        },
    )
    figures = {
        "history": _drawn(plots.plot_optimization_history, study),
        "slices": _drawn(plots.plot_slice, study),
        "importances": None,
    }
    if len(complete) >= _LEAST_FOR_IMPORTANCE:
        figures["importances"] = _drawn(plots.plot_param_importances, study)
    training_report.page(
        "tune.html",
        folder / "tune.html",
        study=study.study_name,
        search=search,
        best=best,
        names=list(study.best_params),
        num_complete=len(complete),
        num_pruned=len(study.get_trials(states=[TrialState.PRUNED])),
        **figures,
    )


def _drawn(plot: Callable[..., Any], study: optuna.Study) -> str:
    """Return Optuna's picture of a study, as a `data:` address."""
    # Optuna changes Matplotlib's style for the whole process, and draws with pyplot.
    with pyplot.rc_context():
        drawn = plot(study, target_name="validation accuracy")
        figure: Figure = np.ravel(drawn)[0].figure
        figure.suptitle("")
        if isinstance(drawn, np.ndarray):  # side by side
            figure.set_size_inches(3 * len(drawn), 3.5)
        else:
            drawn.set_title("")
        address = pictures.svg(figure)
    pyplot.close(figure)
    return address
