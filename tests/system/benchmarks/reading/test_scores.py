import json
import subprocess
import sys

import numpy as np
import pytest
from written import jpeg

from benchmarks.__main__ import main
from benchmarks.reading import photos, scores
from edge_app.sources.pictures.images import read_image


@pytest.mark.slow  # all photographs, twice
def test_same_figures_as_the_shared_scorer(reader, photos_dir, shared_tools, tmp_path):
    found = dict(scores.photos(photos_dir, reader))
    lines = []
    for truth in photos.read_truths(photos_dir):
        row = reader.read(read_image(photos_dir / truth.file)).to_dict()
        lines.append(json.dumps({"source": truth.file, **row}))
    predictions = tmp_path / "predictions.jsonl"
    predictions.write_text("\n".join(lines))
    tool = [sys.executable, str(shared_tools / "score_photos.py"), str(photos_dir)]
    for name in [*found, ""]:  # each photograph, then all of them
        done = subprocess.run(
            [*tool, str(predictions), "--prefix", name],
            capture_output=True,
            text=True,
            check=True,
        )
        theirs = json.loads(done.stdout)
        ours = found[name] if name else photos.total(found.values())
        for key in ("digits", "found", "right", "false"):
            assert theirs[key] == getattr(ours, key), (name, key)
        for key in ("precision", "recall", "f1"):
            assert theirs[key] == pytest.approx(getattr(ours, key), abs=5e-5)


@pytest.mark.slow  # two readers of all photographs; tests/quality holds the figures
def test_photos_command(photos_dir, tmp_path, capsys):
    result = tmp_path / "photos.json"
    assert main(["photos", str(photos_dir), "--result", str(result)]) == 0
    written = json.loads(result.read_text())
    rows = written["rows"]
    assert rows[-1]["photo"] == "all"
    assert rows[-1]["digits"] == 453
    assert rows[-1]["numbers"] == 64
    assert str(rows[-1]["f1"]) in capsys.readouterr().out
    assert len(rows) == 13
    assert all({"classic_f1", "classic_false_per_100"} <= set(row) for row in rows)
    assert 0.5 < rows[-1]["classic_f1"] < rows[-1]["f1"]


def test_photos_of_several_folders(photos_dir, tmp_path, capsys):
    (truth,) = [t for t in photos.read_truths(photos_dir) if t.file == "hyp_0_A4.png"]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for suffix in (".json", ".png"):
            file = f"hyp_0_A4{suffix}"
            (tmp_path / name / file).write_bytes((photos_dir / file).read_bytes())
    folders = [str(tmp_path / name) for name in ("a", "b")]
    assert main(["photos", *folders, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["photo"] for row in rows] == [
        str(tmp_path / "a" / truth.file),
        f"all of {folders[0]}",
        str(tmp_path / "b" / truth.file),
        f"all of {folders[1]}",
        "all",
    ]
    assert rows[-1]["digits"] == 2 * rows[0]["digits"]


def test_photos_are_turned_as_exif_says(reader, photos_dir, tmp_path):
    image = read_image(photos_dir / "hyp_0_A4.png")
    lying = np.ascontiguousarray(np.rot90(image))  # counter-clockwise
    (tmp_path / "a.jpg").write_bytes(jpeg(lying, orientation=6))
    row = json.loads((photos_dir / "hyp_0_A4.json").read_text())
    width = image.shape[1]
    for digit in row["digits"]:
        x, y, w, h = (digit[key] for key in "xywh")
        digit.update(x=y, y=width - x - w, w=h, h=w)
    row = {"file": "a.jpg", "digits": row["digits"]}
    (tmp_path / "a.json").write_text(json.dumps(row))
    ((_, score),) = scores.photos(tmp_path, reader)
    assert score.right > 0.8 * score.digits


def test_scenes_command(capsys):
    assert main(["scenes", "--count", "5"]) == 0
    header, _, values = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("|")
    )
    row = dict(zip(header, values, strict=True))
    assert row["scenes"] == "5"
    assert float(row["f1"]) > 0.9
