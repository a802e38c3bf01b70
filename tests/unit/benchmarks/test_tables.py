"""Tables of the documents, from what was measured last."""

import pytest

pytest.importorskip("cogapp", reason="documents are rendered with cog")

from benchmarks import references, tables
from benchmarks.references import MeasuredReference
from edge_app.common.errors import DataError

MACHINE = {"board": "", "cpu": "Cortex-A72", "cores": 4, "litert": "2.3.0"}
BLOCK = """<!-- [[[cog
tables.show(tables.rows("speed", model="b"), {"model": "{model}", "ms": "{ms:.1f}"})
]]] -->
%s<!-- [[[end]]] -->
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(references, "FOLDER", tmp_path / "reference")
    (tmp_path / "reference").mkdir()
    listed = '[models]\nspeed = { command = "speed" }\nsize = { command = "size" }\n'
    (tmp_path / "reference" / "measurements.toml").write_text(listed)
    monkeypatch.setattr(references, "ROOT", tmp_path)
    for name, date, rows in (
        ("speed", "2026-11-25", [{"model": "a", "ms": 1.25}, {"model": "b", "ms": 3}]),
        ("size", "2026-11-26", [{"model": "b", "bytes": 2048, "note": None}]),
    ):
        command, machine = f"python -m benchmarks {name}", MACHINE | {"date": date}
        references.write(name, MeasuredReference(command, name, 1.0, machine, rows))
    return tmp_path


def test_a_table_and_where_it_was_measured(capsys):
    tables.show(tables.rows("speed"), {"model": "`{model}`", "ms": "{ms:.1f}"})
    assert capsys.readouterr().out == (
        "\n`python -m benchmarks speed`, Cortex-A72, 4 cores, LiteRT 2.3.0, "
        "2026-11-25:\n\n"
        "| model | ms |\n| --- | --- |\n| `a` | 1.2 |\n| `b` | 3.0 |\n\n"
    )


def test_tables_that_are_joined(capsys):
    found = tables.joined(tables.rows("size"), tables.rows("speed"), on="model")
    found = tables.extended(found, both="{bytes:KiB} KiB in {ms} ms")
    tables.show(found, {"both": "{both}", "note": "{note}"})
    printed = " ".join(capsys.readouterr().out.split())
    assert "| 2 KiB in 3 ms | |" in printed
    assert "2026-11-25 and 2026-11-26:" in printed
    for name in ("speed", "size"):
        assert f"`python -m benchmarks {name}`" in printed


def test_commands_in_a_column_are_not_told_twice(capsys):
    both = tables.rows("speed", model=["b"]) + tables.rows("size")
    tables.show(both, {"command": "{command}"})
    printed = capsys.readouterr().out
    assert printed.count("benchmarks speed") == printed.count("benchmarks size") == 1


def test_rows_that_there_are_not():
    with pytest.raises(DataError, match="no row where"):
        tables.rows("speed", model="c")
    with pytest.raises(KeyError):
        tables.joined(tables.rows("speed"), tables.rows("size"), on="model")


def test_documents_are_rendered_and_checked(folder, capsys):
    readme = folder / "README.md"
    readme.write_text(f"# Title\n\n{BLOCK % ''}\nThe end.\n")
    assert tables.render(check=True) != 0
    assert readme.read_text() == f"# Title\n\n{BLOCK % ''}\nThe end.\n"
    assert tables.render() == 0
    rendered = readme.read_text()
    assert "| b | 3.0 |" in rendered
    assert rendered.endswith("The end.\n")
    assert tables.render(check=True) == 0
    readme.write_text(rendered.replace("| 3.0", "| 2.0"))
    assert tables.render(check=True) != 0
