from needed import need

need("onnx", reason="converting needs the group train")

from convert.formats.forms import Form
from convert.report import comparison
from convert.report.comparison import Advice, FormRow
from convert.verify import Verification


def verification(latency_us, runtime="litert", lost=0.0):
    return Verification(
        runtime=runtime,
        accuracy=0.99 - lost,
        lost=lost,
        agreement=0.99875,
        largest_difference=0.0123,
        by_class=(0.0,) * 10,
        input_dtype="int8",
        latency_us=latency_us,
    )


def row(form, latency_us, kib=100, *more):
    found = (verification(latency_us), *more)
    return FormRow(f"edge-{form.full_name}", form, kib * 1024, found)


INT8, FLOAT32 = Form("int8", ".tflite"), Form("float32", ".tflite")
PI_64, PI_32, LAPTOP, BROWSER, BOARD = range(5)


def files(*rows):
    return [advice.file for advice in comparison.advice(rows)]


def test_a_row_for_each_runtime():
    other = verification(31.6, "tflite-runtime", lost=0.0012)
    lines = comparison.table([row(INT8, 20.4, 33, other)]).splitlines()
    header, _, first, second = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines
    )
    assert dict(zip(header, first, strict=True)) == {
        "file": "edge-int8.tflite",
        "numbers": "all int8",
        "runtime": "litert",
        "KiB": "33",
        "accuracy": "99.00%",
        "points lost": "0.00",
        "same label": "99.88%",
        "largest difference": "0.01",
        "microseconds": "20",
    }
    assert second[2] == "tflite-runtime"
    assert (second[4], second[5], second[8]) == ("98.88%", "0.12", "32")


def test_the_fastest_is_for_a_pi_and_a_laptop():
    slow, fast = row(INT8, 20), row(FLOAT32, 10)
    onnx, ort = (row(Form("int8", s), t) for s, t in ((".onnx", 5), (".ort", 1)))
    fixed = row(Form("int8", ".tflite", 1), 2)
    found = files(slow, fast, onnx, ort, fixed)
    # Not the .ort, which is for mobile builds; not what takes one input a call.
    assert found[PI_64] == fast.file
    assert found[LAPTOP] == onnx.file
    assert found[PI_32] == slow.file  # int8 alone


def test_the_first_runtime_decides_which_is_the_fastest():
    first = row(INT8, 20, 100, verification(1, "tflite-runtime"))
    second = row(FLOAT32, 10, 100, verification(99, "tflite-runtime"))
    assert files(first, second)[PI_64] == second.file


def test_the_smallest_of_those_that_fit_is_for_browsers_and_boards():
    large, small = (row(Form(n, ".tflite", 1), 1, k) for n, k in
                    (("float32", 90), ("float16", 50)))  # fmt: skip
    unfit = [row(Form("dynamic", ".tflite", 1), 1, 30), row(INT8, 1, 20)]
    code = row(Form("int8", ".c", 1), 1, 10)
    found = files(large, small, *unfit, code)
    assert found[BROWSER] == small.file
    assert found[BOARD] == code.file


def test_why_is_said():
    lossy = row(INT8, 20.4, 33)
    lossy = FormRow(
        lossy.file, INT8, lossy.size_bytes, (verification(20.4, lost=0.001),)
    )
    given = comparison.advice([lossy])
    assert given[PI_64].reason.endswith(
        "compare them on the Pi, too (20 microseconds in litert), 0.10 points lost"
    )
    assert given[PI_32].reason.endswith("(33 KiB)")


def test_what_would_fit_is_said_where_nothing_does():
    given = comparison.advice([])
    assert [advice.file for advice in given] == [""] * 5
    words = [advice.reason.rpartition("; add --to ")[2] for advice in given]
    assert words == [
        "tflite", "int8.tflite", "tflite,onnx", "int8-batch1.tflite", "int8.c",
    ]  # fmt: skip


def test_advice_in_lines():
    given = [Advice("laptop", "a.onnx", "fast"), Advice("browser", "", "none")]
    assert comparison.advice_text(given) == "laptop   a.onnx: fast\nbrowser  -: none"
