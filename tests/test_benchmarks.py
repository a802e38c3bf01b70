import json
import re
import subprocess
import sys

import numpy as np
import pytest
from conftest import jpeg

from benchmarks.__main__ import main
from benchmarks.reading import photos, scores
from benchmarks.reading.photos import Labeled, Score, Truth
from edge_app.model import classify
from edge_app.sources.pictures.images import read_image


def digit(x, y, label, w=20, h=30, **more):
    return Labeled((x, y, w, h), label, **more)


def test_score_counts():
    truth = Truth(
        "a.png",
        (digit(0, 0, 1), digit(100, 0, 2), digit(200, 0, 3), digit(300, 0, 4)),
    )
    predicted = [digit(1, 1, 1), digit(99, 0, 7), digit(500, 0, 3)]
    score = photos.score(truth, predicted)
    assert score == Score(digits=4, found=2, right=1, false=1)
    assert score.precision == pytest.approx(1 / 3)
    assert score.recall == pytest.approx(1 / 4)
    assert score.f1 == pytest.approx(2 / 7)


def test_soft_and_difficult_count_neither_way():
    truth = Truth("a.png", (digit(0, 0, 1, difficult=True),), ((100, 0, 20, 30),))
    predicted = [digit(0, 0, 9), digit(100, 0, 5)]
    assert photos.score(truth, predicted) == Score()


def test_numbers_are_whole_or_not():
    digits = tuple(digit(30 * n, 0, n) for n in range(6))
    truth = Truth("a.png", digits, numbers=((0, 1, 2), (3, 4, 5)))

    def whole(*predicted, soft=()):
        known = Truth("a.png", digits, soft, truth.numbers)
        return photos.score(known, predicted).whole

    zero, one, two, three, four, five = digits
    assert whole(*digits) == 2
    assert whole(zero, one, two) == 1
    assert whole(three, four, five, zero, one, two) == 2  # lines may change places
    assert whole(zero, two, one) == 0  # another order
    assert whole(zero, one, three, two, four, five) == 0  # lines that got mixed
    assert whole(zero, one, Labeled(two.box, 7)) == 0
    hard = Truth(
        "a.png", (zero, digit(30, 0, 9, difficult=True), two), (), ((0, 1, 2),)
    )
    assert photos.score(hard, [zero, one, two]).whole == 1
    assert photos.score(hard, [zero, two]).whole == 1
    between = digit(45, 100, 8)
    assert whole(zero, one, between, two) == 0
    assert whole(zero, one, between, two, soft=(between.box,)) == 1


def test_numbers_that_stand_alone():
    digits = tuple(digit(30 * n, 0, n) for n in range(4))
    truth = Truth("a.png", digits, (), ((0, 1), (2, 3)))
    assert photos.score(truth, digits, [(0, 1), (2, 3)]).whole == 2
    assert photos.score(truth, digits, [(0, 1, 2, 3)]).whole == 0
    assert photos.score(truth, digits, [(0,), (1,), (2, 3)]).whole == 1
    assert photos.score(truth, digits).whole == 2
    printed = Truth("a.png", digits[:2], (digits[2].box,), ((0, 1),))
    assert photos.score(printed, digits[:3], [(0, 1, 2)]).whole == 1


def test_score_adds_up():
    known = Truth("a.png", (digit(0, 0, 1), digit(30, 0, 2)), numbers=((0, 1),))
    first = photos.score(known, known.digits)
    second = photos.score(known, [digit(0, 0, 1), digit(200, 0, 5)])
    both = photos.total([first, second])
    assert both == Score(digits=4, found=3, right=3, false=1, numbers=2, whole=1)
    assert both.whole_share == 0.5
    assert both.false_per_100 == 25


def test_lines_of_text_find_their_digits(tmp_path, caplog):
    labels = [1, 2, 3, 1, 2, 4]
    row = {
        "file": "a.png",
        "digits": [
            {"x": 30 * n, "y": 0, "w": 20, "h": 30, "label": label}
            for n, label in enumerate(labels)
        ],
        "text_lines": ["12", "3", "1 24", "99"],
    }
    (tmp_path / "a.json").write_text(json.dumps(row))
    (truth,) = photos.read_truths(tmp_path)
    assert truth.numbers == ((0, 1), (2,), (3, 4, 5))
    assert "no digits in a row spell the line '99'" in caplog.text


def test_nothing_has_an_f1_of_zero():
    assert Score().f1 == 0


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


@pytest.mark.parametrize("seed", range(5))
def test_same_figures_on_random_boxes(seed, shared_tools, tmp_path):
    rng = np.random.default_rng(seed)

    def row():
        x, y, w, h, label = (int(n) for n in rng.integers(1, 60, 5))
        return {"x": x, "y": y, "w": w, "h": h, "label": label % 10}

    truth = {
        "file": "a.png",
        "digits": [row() | {"difficult": bool(n % 4 == 0)} for n in range(12)],
        "ignore": [row()],
        "printed_digits": [row(), row()],
    }
    (tmp_path / "a.json").write_text(json.dumps(truth))
    predicted = [row() for _ in range(15)]
    digits = [
        {"box_xywh": [r["x"], r["y"], r["w"], r["h"]], "label": r["label"]}
        for r in predicted
    ]
    predictions = tmp_path / "predictions.jsonl"
    predictions.write_text(json.dumps({"source": "a.png", "digits": digits}))
    done = subprocess.run(
        [sys.executable, str(shared_tools / "score_photos.py"), tmp_path, predictions],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(done.stdout)
    (known,) = photos.read_truths(tmp_path)
    ours = photos.score(
        known,
        [Labeled((r["x"], r["y"], r["w"], r["h"]), r["label"]) for r in predicted],
    )
    for key in ("digits", "found", "right", "false"):
        assert theirs[key] == getattr(ours, key)


def test_photos_command(photos_dir, tmp_path, capsys):
    result = tmp_path / "photos.json"
    assert main(["photos", str(photos_dir), "--result", str(result)]) == 0
    written = json.loads(result.read_text())
    assert written["rows"][-1]["photo"] == "all"
    assert written["rows"][-1]["digits"] == 453
    assert written["rows"][-1]["numbers"] == 64
    assert str(written["rows"][-1]["f1"]) in capsys.readouterr().out
    assert len(written["rows"]) == 13
    for row in written["rows"]:
        assert 0 <= row["classic_f1"] <= 1
        assert row["classic_false_per_100"] >= 0


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
    for each in row["digits"]:
        x, y, w, h = (each[key] for key in "xywh")
        each.update(x=y, y=width - x - w, w=h, h=w)
    row = {"file": "a.jpg", "digits": row["digits"]}
    (tmp_path / "a.json").write_text(json.dumps(row))
    ((_, score),) = scores.photos(tmp_path, reader)
    assert score.right > 0.8 * score.digits


def test_scenes_command(capsys):
    assert main(["scenes", "--count", "5"]) == 0
    assert re.search(r"\|\s+f1 \|", capsys.readouterr().out)


def test_latency_command(tmp_path, capsys):
    result = tmp_path / "latency.json"
    options = ["--runs", "20", "--models", "report-int8.tflite"]
    assert main(["latency", *options, "--result", str(result)]) == 0
    written = json.loads(result.read_text())
    assert {"cpu", "cores", "governor", "python", "date"} <= set(written["machine"])
    assert {row["batch"] for row in written["rows"]} == {1, 8, 32}
    for row in written["rows"]:
        assert 0 < row["median_us"] <= row["p95_us"] <= row["p99_us"]


def test_frames_command(capsys):
    assert main(["frames", "--runs", "3", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    sizes, contents = written["rows"][:3], written["rows"][3:]
    assert [row["frame"] for row in sizes] == ["640x480", "1280x720", "4000x3000"]
    assert all(row["digits"] >= 10 for row in sizes)
    assert {row["frame"] for row in contents} == {"1280x960"}
    slowest = contents.pop()
    assert slowest["content"].startswith("slowest content: ")
    assert slowest["total_ms"] == max(row["total_ms"] for row in contents)
    for row in written["rows"]:
        assert 0 < row["total_ms"] <= row["p95_ms"] <= row["p99_ms"]
        assert 0 < row["classify_ms"] < row["total_ms"]


def test_frames_of_ten_digits(capsys):
    assert main(["frames", "--digits", "10", "--runs", "3", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["digits"] for row in rows] == [10, 10, 10]


def test_latency_of_an_unknown_model(capsys):
    assert main(["latency", "--models", "nothing.tflite"]) == 1
    err = capsys.readouterr().err
    assert "nothing.tflite: no such model file, nor a shipped" in err


@pytest.mark.parametrize("suffix", [".tflite", ".onnx"])
def test_latency_of_other_files_beside_ours(tmp_path, capsys, suffix):
    own = tmp_path / f"own{suffix}"
    if suffix == ".tflite":
        pytest.importorskip("tensorflow", reason="training needs TensorFlow")
        import keras

        from convert.formats import to_tflite
        from convert.formats.forms import Form

        model = keras.Sequential(
            [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(4)]
        )
        own.write_bytes(to_tflite.convert(model, Form("float32", ".tflite")))
    else:
        onnx = pytest.importorskip("onnx")
        from onnx import TensorProto, helper

        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            [helper.make_node("GlobalAveragePool", ["picture"], ["scores"])],
            "own",
            [value("picture", TensorProto.FLOAT, ["N", 3, 32, 32])],
            [value("scores", TensorProto.FLOAT, ["N", 3, 1, 1])],
        )
        opset = helper.make_opsetid("", 13)
        onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[opset]), own)
    capsys.readouterr()
    options = ["--runs", "20", "--models", "edge-int8", str(own), "--json"]
    assert main(["latency", *options]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["model"] for row in rows} == {classify.find("edge-int8").name, str(own)}
    accuracies = {row["model"]: row["accuracy"] for row in rows}
    assert accuracies.pop(str(own)) is None
    assert min(accuracies.values()) > 0.99
    assert all(row["median_us"] > 0 and row["size_kib"] > 0 for row in rows)
    assert main(["latency", *options[:-1]]) == 0
    assert "not known" in capsys.readouterr().out


def test_start_command(capsys):
    assert main(["start", "--runs", "2"]) == 0
    row = capsys.readouterr().out.strip().splitlines()[-1].split("|")
    assert 0 < float(row[2]) < 10
    assert 20 < float(row[4]) < 150  # what the README promises, in megabytes


@pytest.mark.parametrize("digits", [[{"x": "a"}], [{"x": 1}], 5, None])
def test_malformed_annotation(tmp_path, capsys, digits):
    (tmp_path / "a.json").write_text(json.dumps({"file": "a.png", "digits": digits}))
    assert main(["photos", str(tmp_path)]) == 1
    assert "not an annotation" in capsys.readouterr().err


def test_photos_without_annotations(tmp_path, capsys):
    assert main(["photos", str(tmp_path)]) == 1
    assert "no annotations" in capsys.readouterr().err
