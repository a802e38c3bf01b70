"""What is published says what it is, and is made by what is pinned."""

import re
import tomllib

import pytest
from places import ROOT

from edge_app import __version__

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
GROUPS = {
    name: [requirement for requirement in needs if isinstance(requirement, str)]
    for name, needs in PYPROJECT["dependency-groups"].items()
}


def test_the_changelog_tells_of_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(
        rf"^## \[{re.escape(__version__)}\] - 20\d\d-\d\d-\d\d$", text, re.M
    )


@pytest.mark.parametrize(
    "needs",
    [PYPROJECT["project"]["dependencies"], *EXTRAS.values(), *GROUPS.values()],
    ids=str,
)
def test_the_metadata_has_ranges(needs):
    for requirement in needs:
        wanted = requirement.partition(";")[0]
        assert re.fullmatch(r"[^<>=]+>=[\d.]+,<[\d.]+", wanted.strip()), requirement


def test_what_a_device_installs_is_an_extra_and_all_else_a_group():
    assert set(EXTRAS) == {"archive", "desktop", "headless", "mqtt", "onnx", "web"}
    assert not set(EXTRAS) & set(PYPROJECT["dependency-groups"])
    assert not any(
        "tensorflow" in requirement
        for needs in EXTRAS.values()
        for requirement in needs
    )


def test_actions_are_pinned_to_commits():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)", workflow)
    assert used
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)
