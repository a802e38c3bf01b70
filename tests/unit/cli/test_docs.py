import importlib
import re
import shlex

import pytest
from places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = [
    README,
    *(
        p.read_text(encoding="utf-8")
        for p in (ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md"))
    ),
]
# Paths in backticks, unless they hold a placeholder (`NAME`, `*`) or are to be made.
ROOMS = "edge_app|train|convert|benchmarks|tests|docs|requirements|[.]ci"
PATH = re.compile(rf"(?<!a new )`((?:{ROOMS})/[^`\s]*)`")
PLACEHOLDER = re.compile(r"[A-Z]{4}|[*<{]|\.\.\.")
COMMANDS = {
    "edge-digits": "edge_app",
    "python -m train": "train",
    "python -m convert": "convert",
    "python -m benchmarks": "benchmarks",
}


def guided_commands():
    guides = "\n".join(GUIDES)
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", guides, re.S | re.M):
        if language not in ("", "sh", "console"):
            continue
        for line in block.splitlines():
            line = line.split("  #")[0].strip().removeprefix("$ ")
            for command, package in COMMANDS.items():
                for prefix in ("", ".venv/bin/", ".venv-dev/bin/"):
                    if line.startswith(prefix + command + " "):
                        rest = line.removeprefix(prefix + command)
                        yield package, rest.split(">")[0]


@pytest.mark.parametrize(("package", "rest"), sorted(set(guided_commands())))
def test_commands_in_the_guides_parse(package, rest):
    parse(package, shlex.split(rest))


def parse(package, words):
    if package == "convert":
        pytest.importorskip("sklearn", reason="converting needs the group train")
        from convert import conversion_options

        inspects = words[:1] == ["inspect"]
        parser = (
            conversion_options.inspect_parser()
            if inspects
            else conversion_options.parser()
        )
        words = words[inspects:]
    else:
        module = (
            "edge_app.cli.edge_digits"
            if package == "edge_app"
            else f"{package}.__main__"
        )
        parser = importlib.import_module(module)._parser()
    parser.parse_args(words)


def test_readme_names_make_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    assert {"run", "test"} <= set(re.findall(r"make ([a-z-]+)", README)) <= targets


def test_links_exist():
    for folder in (ROOT, ROOT / "docs"):
        for path in folder.glob("*.md"):
            for link in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
                if "://" not in link:
                    assert (folder / link).exists(), f"{path}: {link}"


def anchors(path):
    """The anchors of a document's headings, as GitHub makes them."""
    for heading in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M):
        yield re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_links_name_headings_that_exist():
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        text = path.read_text(encoding="utf-8")
        for name, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", text):
            target = path.parent / name if name else path
            assert anchor in anchors(target), f"{path}: {name}#{anchor}"


def missing_paths(text):
    paths = set(PATH.findall(text.replace("\n", " ")))
    return sorted(
        path
        for path in paths
        if not PLACEHOLDER.search(path) and not (ROOT / path).exists()
    )


@pytest.mark.parametrize("guide", GUIDES, ids=lambda text: text.splitlines()[0])
def test_paths_in_the_guides_exist(guide):
    assert missing_paths(guide) == []


def test_a_path_that_does_not_exist_is_found():
    text = "`docs/gone.md`, a new `tests/new.py`, `docs/NAME.md`, `train/`, `.ci/run`"
    assert missing_paths(text) == ["docs/gone.md"]


def test_requirements_have_hashes_and_name_no_index():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9-]+(?:\[.+?\])?==", text, re.M)
        assert len(pins) == len(re.findall(r"^[^#\s]", text, re.M)) > 0
        assert text.count("--hash=sha256:") >= len(pins)
        assert "index-url" not in text
        assert "://" not in text


def test_device_requirements_have_no_tensorflow():
    for name in ("desktop", "headless"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert not re.search(r"^(tensorflow|keras)\b", text, re.M)
