"""The language of the code: docstrings that start with a verb, names of the field."""

import ast
import re

import pytest
from places import ROOT

pytestmark = pytest.mark.xdist_group("language")  # all modules are parsed once

ROOMS = [".ci", "edge_app", "train", "convert", "benchmarks"]
# What docstrings of functions begin with, in alphabetical order; there may be more.
VERBS = [
    "add", "adjust", "answer", "append", "ask", "begin", "blur", "build", "call",
    "change", "check", "choose", "close", "compile", "connect", "convert", "copy",
    "corrupt", "count", "cut", "delete", "deliver", "do", "draw", "edit", "end",
    "enlarge", "estimate", "feed", "fill", "find", "finish", "fit", "follow", "forget",
    "give", "go", "guard", "hand", "handle", "hide", "hold", "import", "interpolate",
    "join", "keep", "kill", "know", "label", "lay", "leave", "let", "limit", "listen",
    "load", "log", "look", "make", "mark", "measure", "mix", "move", "name", "note",
    "open", "parse", "pass", "photograph", "pickle", "plan", "play", "plot", "post",
    "prepare", "print", "publish", "quantize", "raise", "read", "refuse", "register",
    "rename", "render", "repeat", "replace", "return", "run", "save", "say", "scale",
    "score", "search", "seed", "send", "serve", "set", "show", "slant", "smear", "sort",
    "split", "start", "stop", "store", "stream", "take", "tell", "tint", "train",
    "turn", "underline", "undo", "unpack", "vary", "wait", "wake", "warp", "watch",
    "wrap", "write", "yield",
]  # fmt: skip
# A docstring that begins with one of these asks, or says what is not there.
QUESTIONS = {
    "how", "what", "whatever", "when", "where", "whether", "which", "who", "whose",
    "why",
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
    first = re.match(r"\w*", text)[0]
    is_verb = first.istitle() and first.lower() in VERBS
    return None if is_verb else text.splitlines()[0]


def docstring_that_asks(node):
    if not isinstance(node, ast.Module | ast.ClassDef):
        return None
    if not (text := ast.get_docstring(node)):
        return None
    first = re.match(r"\W*(\w*)", text)[1].lower()
    return text.splitlines()[0] if first in QUESTIONS else None


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


CHECKS = [docstring_without_verb, docstring_that_asks, private_name]


@pytest.fixture(scope="module")
def findings():
    """What each check finds in all modules, of which one tree is kept at a time."""
    findings = {check: [] for check in CHECKS}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            for check in CHECKS:
                place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
                if text := check(node):
                    findings[check].append(f"{place}: {text}")
    return findings


@pytest.mark.parametrize("check", CHECKS)
def test_language(findings, check):
    assert not findings[check]


def test_language_of_tests():
    """Their own names are sentences; all others are of the field."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_test = isinstance(node, ast.FunctionDef) and "test_" in node.name
            if not is_test and (name := private_name(node)):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
    assert not found


def test_what_is_looked_for_is_found():
    tree = ast.parse(
        'def told(way):\n    """What it gives."""\n    return [each for each in way]\n'
    )
    assert docstring_without_verb(tree.body[0]) == "What it gives."
    noun = ast.parse('def size():\n    """Number of images."""\n')
    assert docstring_without_verb(noun.body[0]) == "Number of images."
    asking = ast.parse('"""Where it is."""\nclass Page:\n    """Who reads."""\n')
    assert docstring_that_asks(asking) == "Where it is."
    assert docstring_that_asks(asking.body[1]) == "Who reads."
    found = {private_name(node) for node in ast.walk(tree)}
    assert found == {"told", "way", "each", None}
    tree = ast.parse(
        "class Sink:\n    _NUM_TOLD = ssl.CERT_NONE + each + self.gives_way_s"
    )
    found = {private_name(node) for node in ast.walk(tree)}
    assert found == {"_NUM_TOLD", "gives_way_s", None}


def test_the_verbs_are_in_order():
    assert sorted(set(VERBS)) == VERBS
