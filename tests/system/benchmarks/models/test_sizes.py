import json

from benchmarks.__main__ import main
from edge_app.model import classify, manifest


def test_each_shipped_file_and_its_bytes(capsys):
    assert main(["sizes", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    names = [row["model"] for row in rows]
    assert names == list(manifest.read(classify.MODELS))
    assert {row["model"]: row["size_bytes"] for row in rows} == {
        path.name: len(path.read_bytes())
        for path in classify.MODELS.iterdir()
        if path.name in names
    }
