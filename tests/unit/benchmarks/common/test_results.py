import pytest

from benchmarks.common import results


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (["fma", "avx2", "avx512f", "avx512_vnni"], "AVX-512 VNNI"),
        (["avx2", "fma"], "AVX2, no VNNI"),
        (["fp", "asimd", "asimddp"], "Arm dot products"),
        (["fp", "asimd"], "Arm Neon, no dot products"),
        (["sse2"], ""),
    ],
)
def test_int8_instructions_are_named(flags, text):
    assert results.int8_instructions(flags) == text


def test_a_machine_is_named_with_them():
    measured = {"board": "", "cpu": "Any CPU", "int8": "AVX2, no VNNI"}
    assert results.name(measured) == "Any CPU (AVX2, no VNNI)"
    assert results.name(measured | {"int8": ""}) == "Any CPU"
    assert results.name({"board": "A board", "cpu": "Any CPU"}) == "A board"
