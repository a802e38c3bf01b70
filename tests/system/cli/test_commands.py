"""What all commands of the project do with options that there are not."""

import importlib
import signal
import subprocess
import sys
import tomllib

import pytest
from places import ROOT

from edge_app.cli import commands
from edge_app.common.errors import RuntimeMissingError


def refused(module, words, capsys):
    """The line on stderr of a command that ends with status 2."""
    found = importlib.import_module(f"{module}.__main__")
    with pytest.raises(SystemExit) as ended:
        found.main(words)
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (
            ["run", "--conf", "a.toml"],
            "no option is called --conf; did you mean --config?",
        ),
        (["run", "--soruce", "0"], "--soruce; did you mean --source?"),
        (["run", "-source", "0"], "called -source; did you mean --source?"),
        (["run", "--veiw=text"], "--veiw; did you mean --view?"),
        (["run", "--print"], "--print; did you mean --print-config or --printed?"),
        (["run", "--no-every-frames"], "did you mean --no-every-frame?"),
        (["read", "a.jpg", "--anotate", "b"], "did you mean --annotate?"),
        (["doctor", "--models", "a"], "--models; did you mean --model?"),
        (["--verison", "cameras"], "--verison; did you mean --version?"),
        (["cameras", "--qqq"], "edge-digits cameras: error: no option is called --qqq"),
        (["read", "--jsno"], "--jsno; did you mean --json?"),  # and no image
        (["cameras", "-x"], "unrecognized arguments: -x"),
        (
            ["run", "photo.jpg"],
            "; did you mean --source photo.jpg, or edge-digits read photo.jpg?",
        ),
        (["run", "-x"], "unrecognized arguments: -x"),
        (["photo.jpg"], "; did you mean edge-digits read photo.jpg?"),
        (["reed", "photo.jpg"], "; did you mean read?"),
        (["archive", "stauts", "out"], "; did you mean status?"),
        (["read", "a.jpg", "--rotate", "atuo"], "; did you mean auto?"),
        (["qqq"], "'doctor')"),
    ],
)
def test_mistyped_and_abbreviated_options(words, hint, capsys):
    assert refused("edge_app", words, capsys).endswith(hint)


@pytest.mark.parametrize(
    ("module", "words", "hint"),
    [
        ("benchmarks", ["latency", "--mod", "a"], "--mod; did you mean --models?"),
        ("benchmarks", ["latency", "--run=3"], "--run; did you mean --runs?"),
        ("convert", ["runs/x", "--calib", "a"], "did you mean --calibration"),
        ("convert", ["inspect", "a.onnx", "--jsn"], "--jsn; did you mean --json?"),
        ("convert", ["insepct", "a.onnx"], "by: python -m convert inspect a.onnx"),
        ("train", ["--epoch", "3"], "--epoch; did you mean --epochs?"),
        ("train", ["inspet"], "; did you mean inspect?"),
    ],
)
def test_those_of_a_checkout(module, words, hint, capsys):
    if module != "benchmarks":
        pytest.importorskip("sklearn", reason="training needs the group train")
    assert hint in refused(module, words, capsys)


def test_other_errors_are_as_ever(capsys):
    assert "unrecognized arguments: more" in refused(
        "edge_app", ["cameras", "more"], capsys
    )
    assert "required: IMAGE" in refused("edge_app", ["read"], capsys)


@pytest.mark.parametrize(
    ("module", "words", "lacks", "install"),
    [
        ("train", ["--arch", "report"], "keras", "--group train"),
        ("train", ["tune"], "optuna", "--group tune"),
        ("convert", ["runs/x"], "keras", "--group train"),
        ("convert", ["inspect", "a.tflite"], "tabulate", "--group train"),
        ("benchmarks", ["latency"], "tqdm", "'.[archive]' --group bench"),
    ],
)
def test_a_missing_package_is_named_with_its_group(module, words, lacks, install):
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert install.split()[-1] in groups
    # Python that pretends the package is not there, as in another environment.
    program = (
        f"import sys; sys.modules[{lacks!r}] = None\n"
        f"from {module}.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith(f"{module}: error: {lacks} is not installed; ") or (
        done.stderr.startswith(f"{module} inspect: error: {lacks} is not installed; ")
    )
    assert done.stderr.endswith(f" pip install {install}\n")


@pytest.mark.parametrize("error", [RuntimeMissingError, ImportError, None])
def test_ctrl_c_that_a_library_makes_an_error_of(error, capsys):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupted():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if error is None:
                raise
            raise error("litert cannot be imported (initialization failed)") from None

    try:
        assert commands.exit_status(interrupted, prog="edge-digits") == 130
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr() == ("", "")
