"""What a person says that numbers are."""

import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from edge_app.archive.results import corrections
from edge_app.archive.results.corrections import CorrectedNumber
from edge_app.archive.store.stored import Store
from edge_app.common.errors import ArchiveError
from edge_app.live.fields.setup import fields_of


def corrected(number, text, fingerprint="a1"):
    return CorrectedNumber(fingerprint, 7, 1, number, "/scans/a, b.png", text)


def test_of_two_of_one_number_the_later_one_holds(tmp_path):
    store = Store(tmp_path)
    assert corrections.load(store.corrections) == []
    assert corrections.take(store, [corrected(0, "12"), corrected(1, "")]) == 2
    others = [corrected(0, "0042"), corrected(0, "9", fingerprint="b2")]
    assert corrections.take(store, others) == 3
    assert corrections.load(store.corrections) == [
        corrected(0, "0042"), corrected(1, ""), others[1]
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["a,b\n1,2\n", "fingerprint,file,page,number,path,text\na1,one,1,0,a.png,4\n"],
)
def test_another_table_is_none_of_corrections(tmp_path, text):
    path = tmp_path / "other.csv"
    path.write_text(text)
    with pytest.raises(ArchiveError, match=r"other\.csv: no table of corrections \("):
        corrections.load(path)


NUMBER = {"file": 7, "page": 1, "number": 0, "text": "17", "field": None}


def test_a_number_that_was_checked_says_what_it_was_read_as():
    known = {corrected(0, "12").place: corrected(0, "12")}
    assert corrections.apply(NUMBER, "a1", known, {}) == {
        **NUMBER, "text": "12", "read_as": "17", "is_checked": True
    }  # fmt: skip
    assert corrections.apply(NUMBER, "b2", known, {}) == {
        **NUMBER, "read_as": "17", "is_checked": False
    }  # fmt: skip


@pytest.mark.parametrize(("text", "value"), [("1234", 12.34), ("", None), ("1?", None)])
def test_a_field_has_the_value_of_what_it_is_corrected_to(text, value):
    (field,) = fields_of({"total": {"place": [0, 0, 1, 1], "decimals": 2}})
    row = NUMBER | {"field": "total", "value": 0.17, "fault": "implausible"}
    known = {corrected(0, text).place: corrected(0, text)}
    found = corrections.apply(row, "a1", known, {"total": field})
    assert (found["text"], found["value"], found["fault"]) == (text, value, None)
