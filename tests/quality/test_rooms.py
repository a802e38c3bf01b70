"""Rooms: few entries in each, one name for one thing, and tests of each module."""

import ast
import contextlib
import re
from collections import defaultdict
from pathlib import Path

import pytest
from places import ROOT

PACKAGES = ("edge_app", "train", "convert", "benchmarks")
IN_EVERY_ROOM = {
    "__init__.py", "__main__.py", "conftest.py", "py.typed", "__pycache__"
}  # fmt: skip
# Files of one kind, which are found by name: models, what was measured last, and what
# several tests need.
COLLECTIONS = {"edge_app/models", "benchmarks/reference", "tests"}
MOST_ENTRIES = 12
# Types that are the same thing wherever they stand.
SAME_TYPES = {"Images", "Row", "Size", "_Settings"}


def crowded(folder, root):
    """The folders at and below one that have too many entries."""
    entries = [
        entry
        for entry in folder.iterdir()
        if entry.name not in IN_EVERY_ROOM and not entry.name.startswith(".")
    ]
    name = folder.relative_to(root).as_posix()
    if len(entries) > MOST_ENTRIES and name not in COLLECTIONS:
        yield f"{name}: {len(entries)} entries"
    for entry in entries:
        if entry.is_dir():
            yield from crowded(entry, root)


def named_twice(root, names_of):
    """The names that stand in more than one module, and where."""
    places = defaultdict(set)
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            for name in names_of(path):
                places[name].add(path.relative_to(root).as_posix())
    return {name: sorted(found) for name, found in places.items() if len(found) > 1}


def module_name(path):
    return [] if path.name in IN_EVERY_ROOM else [path.name]


def assigned(body):
    """The names that a module's body gives values, in branches of it as well."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With):
            handlers = [handler.body for handler in getattr(node, "handlers", [])]
            for part in (node.body, getattr(node, "orelse", []), *handlers):
                yield from assigned(part)
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in targets:
                inner = ast.walk(target)
                yield from (name.id for name in inner if isinstance(name, ast.Name))


def type_names(path):
    """The classes of a module, and the types that it gives names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    aliases = [name for name in assigned(tree.body) if re.match("_?[A-Z].*[a-z]", name)]
    return {*classes, *aliases} - SAME_TYPES


def constant_names(path):
    """The constants of a module; an underscore makes no other name of one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        name.lstrip("_")
        for name in assigned(tree.body)
        if name.isupper() and not name.startswith("__")
    ]


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_a_stranger_sees_what_is_in_a_room(package):
    assert not list(crowded(ROOT / package, ROOT))


@pytest.mark.parametrize("names_of", [module_name, type_names, constant_names])
def test_one_name_is_one_thing(names_of):
    assert not named_twice(ROOT, names_of)


def imported(path):
    """The names that a file imports, with what they are in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_of(test, module):
    """Whether a test file is a module's: it mirrors the module's place or imports it.

    Args:
        test: Its path below the root.
        module: The same. What is in `edge_app` is mirrored without that.
    """
    names = module.with_suffix("").parts
    place = [name for name in names[:-1] if name != "edge_app"]
    mirrors = [Path("tests", kind, *place) for kind in ("unit", "system")]
    return test.parent in mirrors or ".".join(names) in imported(test)


def without_test_file(root):
    """The modules of which no test file has the name and is theirs."""
    with contextlib.chdir(root):
        named = {path.name: path for path in Path("tests").rglob("test_*.py")}
        return [
            path.as_posix()
            for package in PACKAGES
            for path in Path(package).rglob("*.py")
            if path.name not in IN_EVERY_ROOM
            and not ((test := named.get(f"test_{path.name}")) and is_of(test, path))
        ]


def test_each_module_has_its_test_file():
    assert not without_test_file(ROOT)


def test_what_is_looked_for_is_found(tmp_path):
    for package in PACKAGES[:2]:
        (tmp_path / package).mkdir()
        content = "class Page: ...\nLines = list[int]\nSize = tuple[int, int]\n"
        content += f"_{package.upper()}, _SIZE = 1, 2\n"
        (tmp_path / package / "page.py").write_text(content)
    for number in range(MOST_ENTRIES):
        (tmp_path / "train" / f"file{number}.py").touch()
    assert list(crowded(tmp_path / "train", tmp_path)) == ["train: 13 entries"]
    assert not list(crowded(tmp_path / "edge_app", tmp_path))
    both = ["edge_app/page.py", "train/page.py"]
    assert named_twice(tmp_path, module_name) == {"page.py": both}
    assert named_twice(tmp_path, type_names) == {"Page": both, "Lines": both}
    assert named_twice(tmp_path, constant_names) == {"SIZE": both}
    (tmp_path / "train" / "page.py").write_text("if True:\n    SIZE: int = 2\n")
    assert "edge_app/page.py" in without_test_file(tmp_path)
    left = {f"train/file{number}.py" for number in range(MOST_ENTRIES)}
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "tests" / "unit" / "test_page.py").touch()  # beside those of edge_app
    assert set(without_test_file(tmp_path)) == {"train/page.py", *left}
    (tmp_path / "tests" / "unit" / "test_page.py").write_text("from train import page")
    assert set(without_test_file(tmp_path)) == left
