from pathlib import Path

import pytest

from convert.inspect import file_hash
from edge_app.common.errors import ModelError

# Of "abc": FIPS 180-2, appendix B.1.
SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
PATH = Path("downloads/model.onnx")


@pytest.mark.parametrize("expected", [SHA256, SHA256.upper(), None])
def test_the_bytes_that_are_meant_pass(expected):
    file_hash.check(b"abc", PATH, expected)


@pytest.mark.parametrize("expected", ["ab" * 32, SHA256[:-1], ""])
def test_other_bytes_are_refused_by_name(expected):
    with pytest.raises(ModelError) as refused:
        file_hash.check(b"abc", PATH, expected)
    assert str(refused.value) == (
        f"{PATH}: SHA-256 {expected[:12]}... expected, got ba7816bf8f01...; it is "
        "another file than you mean"
    )
