from pathlib import Path

import pytest

from convert import conversion_options
from convert.conversion_options import (
    ImageOptions,
    OnnxOptions,
    SampleOptions,
    VerificationOptions,
)
from edge_app.common.errors import ConversionError
from edge_app.common.option_fields import values_of


def parsed(*words):
    return conversion_options.parser().parse_args(["runs/page", *words])


def test_what_was_typed_becomes_options():
    arguments = parsed(
        *("--data", "mnist", "--calibration", "a.npz", "--test", "b"),
        *("--range=-1,1.5", "--seed", "3", "--calibration-samples", "70"),
        *("--max-loss", "2", "--min-agreement", "90", "--layers", "--opset", "15"),
    )
    assert conversion_options.image_options(arguments) == ImageOptions(
        num_samples=70,
        seed=3,
        data=Path("mnist"),
        calibration=Path("a.npz"),
        test=Path("b"),
        value_range=(-1.0, 1.5),
    )
    assert conversion_options.verification_options(arguments) == VerificationOptions(
        max_loss=0.02, min_agreement=0.9, layers=True, onnx=OnnxOptions(opset=15)
    )


def test_what_was_not_typed_is_left_to_the_conversion():
    arguments = parsed()
    assert arguments.to == "int8,float32"
    assert conversion_options.image_options(arguments) == ImageOptions()
    assert conversion_options.verification_options(arguments) == VerificationOptions()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--range", "1"], "--range: two numbers LOW,HIGH expected"),
        (["--range=1,1"], "the first the smaller, got '1,1'"),
        (["--range=0,1,2"], "--range: two numbers LOW,HIGH expected"),
        (["--max-loss", "101"], "--max-loss: a number from 0 to 100 expected, got 101"),
        (["--min-agreement=-1"], "a number from 0 to 100 expected, got -1"),
        (["--max-loss", "x"], "--max-loss: a number from 0 to 100 expected, got 'x'"),
    ],
)
def test_values_that_there_are_not(words, message, capsys):
    with pytest.raises(SystemExit):
        parsed(*words)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        (["--page", "a.html"], "--page"),
        (["--range=0,255"], "--range"),
        (["--max-loss", "1"], "--max-loss"),
        (["--layers"], "--layers"),
    ],
)
def test_a_page_network_takes_no_option_of_classifiers(words, flag):
    message = f"^{flag} is for classifiers; runs/page holds a page network"
    with pytest.raises(ConversionError, match=message):
        conversion_options.check_for_page_network(parsed(*words))


def test_a_page_network_takes_the_options_of_scenes_and_forms():
    words = ("--scenes", "a", "--to", "int8", "--seed", "1", "--sha256", "00")
    conversion_options.check_for_page_network(parsed(*words))


def test_an_inspection_has_narrower_limits_than_a_conversion():
    arguments = conversion_options.inspect_parser().parse_args(["a.onnx", "b.tflite"])
    assert arguments.files == [Path("a.onnx"), Path("b.tflite")]
    assert arguments.memory_limit < parsed().memory_limit
    assert arguments.time_limit < parsed().time_limit
    assert values_of(SampleOptions, arguments) == {"sha256": None}
