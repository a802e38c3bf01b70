import argparse
import json
from pathlib import Path

import cv2
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

from benchmarks.models.correction import invented
from train.__main__ import main
from train.fit import adapt_command, runs


@pytest.mark.slow  # two adaptations, each judged on all test images
def test_the_command(
    small_mnist_dir,
    tiny_mnist_dir,
    unknowns_dir,
    tmp_path,
    few_anchors,
    capsys,
    shipped_accuracy,
):
    split = invented(6, seed=3)
    (tmp_path / "kept" / "4").mkdir(parents=True)
    for index, image in enumerate(split.images):
        cv2.imwrite(str(tmp_path / "kept" / "4" / f"{index}.28x28.png"), image)
    run = tmp_path / "run"
    command = ["adapt", str(tmp_path / "kept"), "--run", str(run), "--epochs", "1"]
    places = ["--data", str(small_mnist_dir), "--unknowns", str(unknowns_dir)]
    assert main([*command, *places]) == 0
    out = capsys.readouterr().out
    assert "corrected digits: " in out
    assert "python -m convert" in out
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["test"]["before"] == pytest.approx(shipped_accuracy, abs=1e-6)
    assert metrics["test"]["after"] > 0.985
    assert 0 < metrics["accept_threshold"] < 1
    assert metrics["made_by"]["command"].startswith("python -m train adapt DIR")
    from convert.conversion_options import ImageOptions
    from convert.source import model_source as source

    read = source.read(run, ImageOptions(data=small_mnist_dir))
    assert read.name == "edge"
    assert read.labels[-1] == "reject"
    assert runs.settings_of(run).extra == str(tmp_path / "kept")
    # A second round goes on from the first, in another folder.
    assert main([*command, *places]) == 1
    assert "holds a run already" in capsys.readouterr().err
    more = ["--run", str(tmp_path / "more"), "--start-from", str(run)]
    places = ["--data", str(tiny_mnist_dir), "--unknowns", str(unknowns_dir)]
    assert main([*command, *places, *more]) == 0


def test_an_empty_folder_is_one_line(tmp_path, capsys):
    assert main(["adapt", str(tmp_path), "--run", str(tmp_path / "run")]) == 1
    assert "no *.28x28.png in folders 0 to 9" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def parsed(*words):
    parser = argparse.ArgumentParser()
    adapt_command.add(parser.add_subparsers())
    return parser.parse_args(["adapt", *words])


def test_the_shipped_network_is_adapted_unless_a_run_is_named():
    arguments = parsed("kept")
    assert arguments.folder == Path("kept")
    assert arguments.run == Path("runs/adapted")
    assert arguments.start_from is None
    assert (arguments.epochs, arguments.seed) == (6, 1)
    given = parsed("kept", "--start-from", "runs/edge", "--epochs", "2")
    assert (given.start_from, given.epochs) == (Path("runs/edge"), 2)


def test_corrections_are_asked_for(capsys):
    with pytest.raises(SystemExit):
        parsed()
    assert "required: DIR" in capsys.readouterr().err


def test_a_run_is_not_adapted_over(tmp_path, capsys):
    (tmp_path / "settings.json").write_text("{}")
    assert main(["adapt", str(tmp_path), "--run", str(tmp_path)]) == 1
    assert "holds a run already" in capsys.readouterr().err
    assert (tmp_path / "settings.json").read_text() == "{}"


def test_a_run_to_start_from_must_be_there(tmp_path, capsys):
    words = ["--run", str(tmp_path / "run"), "--start-from", str(tmp_path / "none")]
    assert main(["adapt", str(tmp_path), *words]) == 1
    assert str(tmp_path / "none") in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
