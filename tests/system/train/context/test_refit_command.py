import dataclasses
import shutil
from dataclasses import replace

import pytest

pytest.importorskip("sklearn", reason="verdicts are fitted with it")
pytest.importorskip("keras", reason="training's packages judge")

from edge_app.find.page.page_file import load_page
from edge_app.model import manifest
from edge_app.model.classify import MODELS
from train.context import refit_command
from train.data.data_options import DataOptions
from train.page.verdicts import seen, thresholds


@pytest.fixture
def few_scenes(monkeypatch):
    for module in (seen, thresholds, refit_command):
        monkeypatch.setattr(module, "LARGE", ["plain"])
    few = replace(seen.SEEN, num_touching=2)
    for module in (seen, thresholds):
        monkeypatch.setattr(module, "SEEN", few)


@pytest.mark.slow  # networks read scenes, verdicts are fitted
@pytest.mark.usefixtures("few_scenes")
def test_verdicts_are_fitted_to_the_classifier_in_use(tiny_mnist_dir, tmp_path):
    models = tmp_path / "models"
    shutil.copytree(MODELS, models)
    before = manifest.read(models)
    said = []
    status = refit_command.refit(
        tmp_path / "run",
        DataOptions(tiny_mnist_dir, jobs=1),
        num_scenes=6,
        say=said.append,
        models=models,
    )
    after = manifest.read(models)
    assert status == 0
    assert [line.split(":")[0] for line in said[:2]] == ["page", "context"]
    for name, entry in before.items():
        is_fitted = entry.arch in ("page", "context")
        assert (after[name].thresholds != entry.thresholds) == is_fitted
        made_by = after[name].made_by.get("verdict", {})
        assert made_by.get("command", "").endswith("--validation-scenes 6") == is_fitted
        assert after[name].sha256 == entry.sha256
    forms = [entry.thresholds for entry in after.values() if entry.arch == "context"]
    assert all(form == forms[0] for form in forms)
    finder = load_page(str(models / "page-int8.tflite"))
    assert finder.context.verdict.accept == forms[0]["accept"]


@pytest.mark.slow
@pytest.mark.usefixtures("few_scenes")
def test_another_page_network_has_its_own_verdict_of_the_context(
    tiny_mnist_dir, tmp_path
):
    models = tmp_path / "models"
    shutil.copytree(MODELS, models)
    before = manifest.read(models)
    entries = dict(before)
    for form in ("int8", "float32"):
        name = f"page-{form}.tflite"
        shutil.copy(models / name, models / name.replace("page", "other"))
        entries[name.replace("page", "other")] = dataclasses.replace(
            before[name], file=name.replace("page", "other"), arch="other"
        )
    with manifest.replacing(models, entries):
        pass
    status = refit_command.refit(
        tmp_path / "run",
        DataOptions(tiny_mnist_dir, jobs=1),
        arch="other",
        num_scenes=6,
        say=lambda _: None,
        models=models,
    )
    assert status == 0
    after = manifest.read(models)
    assert {name: after[name] for name in before} == before
    fitted = after["other-int8.tflite"]
    command = fitted.made_by["verdict"]["command"]
    assert "--arch other --validation-scenes 6" in command
    finder = load_page(str(models / "other-int8.tflite"))
    assert finder.context.verdict.accept == fitted.thresholds["context_accept"]
    assert finder.context.verdict.hidden == fitted.thresholds["context_hidden"]
