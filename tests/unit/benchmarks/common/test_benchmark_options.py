"""The benchmarks' commands: what `--help` says, and that a flag means one thing."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from benchmarks.__main__ import MODULES, _parser, main
from benchmarks.common import benchmark_options as options


def parsed(add, *words):
    """What an option gives, by its name."""
    parser = argparse.ArgumentParser()
    add(parser)
    return vars(parser.parse_args(words))


def commands():
    (below,) = (
        action
        for action in _parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return below.choices


def test_a_flag_means_one_thing_in_all_commands():
    meanings = {}
    for command, parser in commands().items():
        for action in parser._actions:
            meaning = (type(action), action.type, action.nargs, action.metavar)
            meaning += (tuple(action.choices or ()),)
            for flag in action.option_strings:
                meanings.setdefault(flag, {}).setdefault(meaning, []).append(command)
    different = {
        flag: used_by for flag, used_by in meanings.items() if len(used_by) > 1
    }
    assert different == {}
    assert {"--data", "--models", "--count", "--runs"} <= set(meanings)


def test_help_has_an_example_of_each_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    for command in commands():
        assert f"\n  python -m benchmarks {command}" in printed


def test_data_is_mnist_wherever_it_is_asked_for(capsys):
    assert parsed(options.add_data) == {"data": None}
    assert parsed(options.add_data, "--data", "a/b") == {"data": Path("a/b")}
    parser = argparse.ArgumentParser()
    options.add_data(parser, without_it="no pages of MNIST's digits")
    assert vars(parser.parse_args(["--data", "a"])) == {"data": Path("a")}
    assert "(default: no pages of MNIST's digits)" in " ".join(
        parser.format_help().split()
    )


@pytest.mark.parametrize(
    ("add", "words", "found"),
    [
        (options.add_unknowns, ["--unknowns", "a"], {"unknowns": Path("a")}),
        (options.add_photos, [], {"photos": []}),
        (
            options.add_photos,
            ["--photos", "a", "b"],
            {"photos": [Path("a"), Path("b")]},
        ),
        (options.add_models, [], {"models": None}),
        (
            options.add_models,
            ["--models", "edge", "a.onnx"],
            {"models": ["edge", "a.onnx"]},
        ),
        (options.add_seed, ["--seed", "0"], {"seed": 0}),
        (options.add_jobs, ["--jobs", "3"], {"jobs": 3}),
    ],
)
def test_what_an_option_gives(add, words, found):
    assert parsed(add, *words) == found


@pytest.mark.parametrize(
    ("add", "flag"), [(options.add_count, "--count"), (options.add_runs, "--runs")]
)
def test_so_many_samples_are_at_least_one(add, flag, capsys):
    parser = argparse.ArgumentParser()
    add(parser, "how many pages", default=40)
    assert list(vars(parser.parse_args([])).values()) == [40]
    assert list(vars(parser.parse_args([flag, "7"])).values()) == [7]
    assert "how many pages" in parser.format_help()
    for bad in ("0", "-1", "1.5", "many"):
        with pytest.raises(SystemExit):
            parser.parse_args([flag, bad])
        assert f"argument {flag}: " in capsys.readouterr().err


def test_a_plot_is_a_file():
    parser = argparse.ArgumentParser()
    options.add_plot(parser, "time against pixels")
    assert parser.parse_args(["--plot", "a.png"]).plot == Path("a.png")
    assert "draw time against pixels there" in parser.format_help()


def test_a_module_adds_the_commands_of_its_line():
    added = {}
    for command, parser in commands().items():
        added.setdefault(parser.get_default("run").__module__, []).append(command)
    assert added == {f"benchmarks.{name}": [*MODULES[name]] for name in MODULES}


def test_a_benchmark_imports_what_it_needs_alone():
    program = (
        "import sys; from benchmarks.__main__ import _parser\n"
        "_parser(['sizes']).parse_args(['sizes'])\n"
        "print(sorted({'pyarrow', 'tqdm'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout == "[]\n"
