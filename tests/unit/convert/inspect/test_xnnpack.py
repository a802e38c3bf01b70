import sys

import pytest
from needed import need

need("ai_edge_litert", reason="LiteRT is asked")

from convert.formats import read_tflite
from convert.inspect import xnnpack
from edge_app.common.errors import ModelError
from edge_app.model import classify


def kinds_outside(name):
    content = (classify.MODELS / name).read_bytes()
    operators = read_tflite.read(content).operators
    return [operators[position].kind for position in xnnpack.outside(content)]


@pytest.mark.parametrize("form", ["int8", "float32"])
def test_all_of_a_page_network_is_fast(form):
    assert kinds_outside(f"page-{form}.tflite") == []


@pytest.mark.parametrize("form", ["int8", "float32"])
def test_what_reads_a_free_batch_size_is_not(form):
    kinds = kinds_outside(f"edge-{form}.tflite")
    assert kinds[:3] == ["SHAPE", "STRIDED_SLICE", "PACK"]
    assert not {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"} & set(kinds)


@pytest.mark.parametrize("content", [b"", b"no model", b"\0\0\0\0TFL3"])
def test_what_litert_refuses(content):
    with pytest.raises(ModelError, match=r"^LiteRT refuses it \(.+\)$"):
        xnnpack.outside(content)


def test_nothing_is_known_without_litert(monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    assert xnnpack.outside(b"") is None
