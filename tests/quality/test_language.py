"""The language of the code: docstrings that start with a verb, names of the field."""

import ast
import re

import pytest
from places import ROOT

pytestmark = pytest.mark.xdist_group("language")  # all modules are parsed once

ROOMS = [".ci", "edge_app", "train", "convert", "benchmarks"]
NO_VERBS = {
    "a", "all", "an", "each", "for", "how", "if", "in", "it", "its", "nothing", "of",
    "one", "some", "such", "that", "the", "these", "this", "what", "where", "whether",
    "which", "who", "whose", "why",
}  # fmt: skip
DIALECT = {"each", "none", "own", "some", "told", "vouch", "way", "ways"}
# Names that libraries give, and modules about images and models of the user's own.
NO_DIALECT = {"CERT_NONE", "CHAIN_APPROX_NONE", "QUOTE_NONE", "own_images", "own_model"}


def modules():
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def docstring_without_verb(node):
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    if not (text := ast.get_docstring(node)):
        return None
    first = re.match(r"\W*(\w*)", text)[1].lower()
    return text.splitlines()[0] if first in NO_VERBS or not text[0].isalpha() else None


def private_name(node):
    match node:
        case (
            ast.arg(arg=name)
            | ast.Name(id=name, ctx=ast.Store())
            | ast.Attribute(attr=name)
            | ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.ClassDef(name=name)
        ):
            is_private = name not in NO_DIALECT and DIALECT & {*name.lower().split("_")}
            return name if is_private else None


CHECKS = [docstring_without_verb, private_name]


@pytest.fixture(scope="module")
def findings():
    """What each check finds in all modules, of which one tree is kept at a time."""
    findings = {check: [] for check in CHECKS}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            for check in CHECKS:
                if text := check(node):
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    findings[check].append(f"{place}: {text}")
    return findings


@pytest.mark.parametrize("check", CHECKS)
def test_language(findings, check):
    assert not findings[check]


def test_what_is_looked_for_is_found():
    tree = ast.parse(
        'def told(way):\n    """What it gives."""\n    return [each for each in way]\n'
    )
    assert docstring_without_verb(tree.body[0]) == "What it gives."
    found = {private_name(node) for node in ast.walk(tree)}
    assert found == {"told", "way", "each", None}
    tree = ast.parse(
        "class Sink:\n    _NUM_TOLD = ssl.CERT_NONE + each + self.gives_way_s"
    )
    found = {private_name(node) for node in ast.walk(tree)}
    assert found == {"_NUM_TOLD", "gives_way_s", None}
