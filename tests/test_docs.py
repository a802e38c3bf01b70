import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = {
    "edge-digits": "edge_app",
    "python -m train": "train",
    "python -m convert": "convert",
    "python -m benchmarks": "benchmarks",
}


def readme_commands():
    for block in re.findall(r"```(?:sh|console)?\n(.*?)```", README, re.S):
        for line in block.splitlines():
            line = line.split("  #")[0].strip().removeprefix("$ ")
            for command, package in COMMANDS.items():
                for prefix in ("", ".venv/bin/", ".venv-dev/bin/"):
                    if line.startswith(prefix + command + " "):
                        rest = line.removeprefix(prefix + command)
                        yield package, rest.split(">")[0]


@pytest.mark.parametrize(("package", "rest"), sorted(set(readme_commands())))
def test_readme_commands_parse(package, rest):
    parser = importlib.import_module(f"{package}.__main__")._parser()
    assert isinstance(parser, argparse.ArgumentParser)
    parser.parse_args(shlex.split(rest))


def test_readme_names_make_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    assert {"run", "test"} <= set(re.findall(r"make ([a-z-]+)", README)) <= targets


def test_readme_links_exist():
    for link in re.findall(r"\]\(([^)#]+)", README):
        if "://" not in link:
            assert (ROOT / link).exists(), link


def test_requirements_have_hashes_and_name_no_index():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9-]+==", text, re.M)
        assert len(pins) > 5
        assert text.count("--hash=sha256:") >= len(pins)
        assert "index-url" not in text
        assert "://" not in text


def test_device_requirements_have_no_tensorflow():
    for name in ("desktop", "headless"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert not re.search(r"^(tensorflow|keras)\b", text, re.M)
