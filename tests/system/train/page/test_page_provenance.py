import json
import platform
import subprocess
from importlib.metadata import version

import pytest
from needed import need
from places import ROOT

need("tensorflow", reason="its version is told")

from train.context.context_settings import ContextSettings
from train.page import page_provenance
from train.page.page_settings import PageSettings
from train.separators.separator_settings import SeparatorSettings


@pytest.mark.parametrize(
    ("settings", "command"),
    [
        (PageSettings(), "--arch page"),
        (
            PageSettings(arch="page-lite", scenes=9, seed=3),
            "--arch page-lite --num-scenes 9 --seed 3",
        ),
        (
            ContextSettings(page_run="runs/page", epochs=2),
            "--arch context --epochs 2 --page-run runs/page",
        ),
        (SeparatorSettings(batch_size=7), "--arch separator --batch-size 7"),
    ],
)
def test_the_command_names_what_differs_from_the_defaults(settings, command):
    found = page_provenance.describe(settings, with_strokes=False)
    words = command.split()
    said = found["command"].removeprefix("python -m train ").split()
    assert sorted(said) == sorted(words)
    assert found["seed"] == settings.seed
    assert found["data"].startswith(f"{settings.scenes} rendered scenes")


def test_strokes_are_named_where_there_are_some():
    found = page_provenance.describe(PageSettings(), with_strokes=True)
    assert found["command"] == "python -m train --arch page --strokes DIR"
    assert "UNIPEN" in found["data"]
    without = page_provenance.describe(PageSettings(), with_strokes=False)
    assert "UNIPEN" not in without["data"]


def test_versions_are_those_installed():
    found = page_provenance.describe(PageSettings(), with_strokes=False)["versions"]
    assert found == {
        "python": platform.python_version(),
        **{name: version(name) for name in ("keras", "tensorflow", "numpy")},
    }


def test_the_page_run_that_a_network_builds_upon_is_described(tmp_path):
    (tmp_path / "metrics.json").write_text(json.dumps({"made_by": {"seed": 7}}))
    settings = ContextSettings(page_run=str(tmp_path))
    found = page_provenance.describe(settings, with_strokes=False)
    assert found["page_run"] == {"seed": 7}
    (tmp_path / "metrics.json").write_text("{")
    found = page_provenance.describe(settings, with_strokes=False)
    assert found["page_run"] == "unknown"


def test_the_commit_is_what_is_checked_out():
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    expected = head.stdout.strip() if head.returncode == 0 else "unknown"
    assert page_provenance.commit() == expected
