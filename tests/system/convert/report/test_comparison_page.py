import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from needed import need

need("jinja2", reason="the page needs the group train")
need("matplotlib", reason="the page needs the group train")
need("onnx", reason="converting needs the group train")

from convert.formats.forms import Form
from convert.report import comparison_page
from convert.report.comparison import Advice, FormRow
from convert.verify import Verification


def row(form, latency_us, by_class=(0.0, 0.0)):
    figures = Verification(
        "litert", 0.97, 0.02, 0.98, 0.25, by_class, "int8", latency_us
    )
    return FormRow(f"edge-{form.full_name}", form, 2048, (figures,))


SLOW = row(Form("float32", ".tflite"), 90)
FAST = row(Form("int8", ".onnx"), 9.6, by_class=(0.01, -0.0325))
MIDDLE = row(Form("int8", ".c", 1), 30)


class Cells(HTMLParser):
    """The words of each cell; a tag that refers to another file is kept apart."""

    def __init__(self):
        super().__init__()
        self.cells, self.elsewhere = [], []
        self.in_cell = False

    def handle_starttag(self, tag, attrs):
        if tag != "code":
            self.in_cell = tag in ("td", "th", "li")
            self.cells += [""] * self.in_cell
        self.elsewhere += [tag for name, _ in attrs if name in ("src", "href")]

    def handle_data(self, data):
        if self.in_cell:
            self.cells[-1] += data.strip()


def page(rows, advice=(), failures=()):
    text = comparison_page.html(
        "edge", "Measured here.", rows, advice, labels="01", failures=failures
    )
    parser = Cells()
    parser.feed(re.sub("<svg.*</svg>", "", text, flags=re.DOTALL))
    assert not parser.elsewhere
    return text, parser.cells


def test_figures_and_the_class_that_lost_most():
    text, cells = page([SLOW, FAST])
    start = cells.index("edge-int8.onnx")
    assert cells[start + 2 : start + 10] == [
        "litert", "2", "97.00%", "2.00", "98.00%", "0.2", "10", "1 (-3.25)",
    ]  # fmt: skip
    assert cells[cells.index("edge-float32.tflite") + 9] == "none"
    changes = len(cells) - 1 - cells[::-1].index("edge-int8.onnx")
    assert cells[changes + 2 : changes + 4] == ["+1.00", "-3.25"]
    assert comparison_page.plot([SLOW, FAST]) in text  # the same each time


def test_what_others_wrote_is_text():
    advice = [Advice("laptop", "", "no <b> & no <i>")]
    text, cells = page([], advice, ["a<script>: not published"])
    assert cells[cells.index("laptop") + 1 :][:2] == ["none made", "no <b> & no <i>"]
    assert cells[-1] == "a<script>: not published"
    assert "<script" not in text
    assert "<svg" not in text  # of no published form


def test_forms_are_plotted_the_slowest_first():
    plotted = comparison_page.plot([FAST, SLOW, MIDDLE])
    assert ET.fromstring(plotted).tag == "{http://www.w3.org/2000/svg}svg"
    names = re.findall(r"<!-- (edge-\S+) -->", plotted)
    assert names == [SLOW.file, MIDDLE.file, FAST.file]
