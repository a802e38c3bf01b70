"""How long Matroska files say that they are, by files made element by element."""

import io

import pytest

from edge_app.sources.pictures import matroska

pytestmark = pytest.mark.device

SEGMENT, CLUSTER = bytes.fromhex("18538067"), bytes.fromhex("1f43b675")
INFO, BLOCK = bytes.fromhex("1549a966"), b"\xa3"


def element(identifier, content=b"", *, length=4):
    """An element whose size is written with so many bytes."""
    size = len(content) | 1 << 7 * length
    return identifier + size.to_bytes(length, "big") + content


def open_element(identifier, content=b"", *, length=8):
    """One that lasts as long as its children, as in a stream."""
    size = 2 ** (7 * length + 1) - 1
    return identifier + size.to_bytes(length, "big") + content


EBML = element(matroska.HEADER, b"webm", length=1)
BLOCKS = element(BLOCK, bytes(20), length=1) + element(BLOCK, bytes(300), length=2)


def announced(content):
    return matroska.announced(io.BytesIO(content), len(content))


@pytest.mark.parametrize("length", range(2, 9))
def test_a_finished_file_says_its_length(length):
    inner = element(INFO, bytes(30)) + element(CLUSTER, BLOCKS)
    whole = EBML + element(SEGMENT, inner, length=length)
    for size in (len(whole), len(whole) - 1, len(whole) // 2, len(EBML) + 12):
        assert announced(whole[:size]) == (len(whole), True)


@pytest.mark.parametrize("length", [1, 2, 8])
def test_of_a_stream_the_last_element_that_began_counts(length):
    stream = (
        EBML
        + open_element(SEGMENT, element(INFO, bytes(30)), length=length)
        + open_element(CLUSTER, BLOCKS, length=length)
        + open_element(CLUSTER, BLOCKS, length=length)
    )
    assert announced(stream) == (len(stream), False)
    assert announced(stream[:-1]) == (len(stream), False)
    assert announced(stream[:-299]) == (len(stream), False)


def test_a_file_cut_within_an_elements_head_is_longer_than_it_is():
    begun = EBML + open_element(SEGMENT) + element(INFO, bytes(30))
    for rest in (CLUSTER[:1], CLUSTER, open_element(CLUSTER)[:-1]):
        end, is_all = announced(begun + rest)
        assert end > len(begun + rest)
        assert not is_all


@pytest.mark.parametrize(
    ("content", "is_all"),
    [
        (EBML + bytes(50), True),
        (EBML + open_element(SEGMENT) + bytes(50), False),
        (EBML + open_element(INFO) + bytes(50), False),  # which cannot be open
    ],
)
def test_what_is_no_element_says_nothing(content, is_all):
    assert announced(content) == (0, is_all)


def test_an_empty_file():
    assert announced(b"") == (0, True)
    assert announced(EBML) == (len(EBML), True)
