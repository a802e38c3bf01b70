"""What was measured last, measured anew."""

import json

from benchmarks import references, renew
from benchmarks.__main__ import main
from benchmarks.references import MeasuredReference


def test_reference_command_measures_and_keeps(reference_folder, capsys, monkeypatch):
    held = references.measurements()["sizes"]
    assert main(["reference", "sizes"]) == 0
    found = references.read("sizes")
    assert found.command == f"python -m benchmarks {held.command}"
    assert found.rows[0]["size_bytes"] > 1000
    # What was measured before had smaller files: the command must tell.
    smaller = [row | {"size_bytes": 1} for row in found.rows]
    references.write("sizes", MeasuredReference(**{**vars(found), "rows": smaller}))
    monkeypatch.setattr(renew, "measure", lambda _: found)  # a process was started
    capsys.readouterr()
    assert main(["reference", "sizes", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert "size_bytes rose from 1 to " in row["worse than it may be"]
    assert references.read("sizes").rows == found.rows


def test_reference_of_another_name(reference_folder, capsys):
    assert main(["reference", "photographs"]) == 1
    printed = capsys.readouterr().err
    assert (
        "no measurement or group is called photographs; there are: reading" in printed
    )
    assert printed.count("\n") == 1


def test_a_measurement_that_fails(reference_folder, capsys):
    text = '[reading.broken]\ncommand = "photos nowhere"\n'
    (reference_folder / "measurements.toml").write_text(text)
    assert main(["reference", "broken"]) == 1
    assert "photos nowhere ended with status 1" in capsys.readouterr().err
    assert not (reference_folder / "reading" / "broken.json").exists()
