"""The comparison as one HTML page that needs no other file."""

from collections.abc import Sequence
from io import StringIO

import jinja2
import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from convert.report.comparison import Advice, FormRow
from convert.verify import Verification

_COLORS = {
    ".tflite": "#1f6f8b",
    ".onnx": "#c2571a",
    ".ort": "#8c6bb1",
    ".c": "#4d7c3a",
}
_COMPARISON_PAGE = jinja2.Template(
    """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ name }}: converted forms</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto;
  padding: 0 1rem; color: #222; background: #fff; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #ddd; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.plot svg { width: 100%; height: auto; }
.scroll { overflow-x: auto; }
code { white-space: nowrap; }
</style>
<h1>{{ name }}: converted forms</h1>
<p>{{ summary }}</p>
<h2>Which to take</h2>
<table>
<tr><th>device<th>file<th>why</tr>
{% for each in advice %}<tr><td>{{ each.device }}<td>
{%- if each.file %}<code>{{ each.file }}</code>{% else %}none made{% endif -%}
<td>{{ each.reason }}</tr>
{% endfor %}</table>
<h2>Size, latency, accuracy</h2>
<div class="plot">{{ plot | safe }}</div>
<h2>Figures</h2>
<div class="scroll"><table>
<tr><th>file<th>numbers<th>runtime<th class="number">KiB<th class="number">accuracy
<th class="number">points lost<th class="number">same label
<th class="number">largest difference<th class="number">microseconds
<th>most lost by</tr>
{% for row in rows %}{% for each in row.found %}<tr><td><code>{{ row.file }}</code>
<td>{{ row.form.description }}<td>{{ each.runtime }}
<td class="number">{{ (row.size_bytes / 1024) | round | int }}
<td class="number">{{ "%.2f" | format(100 * each.accuracy) }}%
<td class="number">{{ "%.2f" | format(100 * each.lost) }}
<td class="number">{{ "%.2f" | format(100 * each.agreement) }}%
<td class="number">{{ "%.1g" | format(each.largest_difference) }}
<td class="number">{{ "%.0f" | format(each.latency_us) }}
<td>{{ worst(each) }}</tr>
{% endfor %}{% endfor %}</table></div>
<details><summary>Change of each class' accuracy against Keras, points</summary>
<div class="scroll"><table>
<tr><th>file<th>runtime{% for label in labels %}<th class="number">{{ label }}
{%- endfor %}</tr>
{% for row in rows %}{% for each in row.found %}<tr><td><code>{{ row.file }}</code>
<td>{{ each.runtime }}{% for change in each.by_class %}<td class="number">
{{- "%+.2f" | format(100 * change) if change else "0" }}{% endfor %}</tr>
{% endfor %}{% endfor %}</table></div></details>
{% if failures %}<h2>Not published</h2>
<ul>{% for each in failures %}<li>{{ each }}</li>{% endfor %}</ul>{% endif %}
</html>
""",
    autoescape=True,
)


def html(
    name: str,
    summary: str,
    rows: Sequence[FormRow[Verification]],
    advice: Sequence[Advice],
    *,
    labels: Sequence[str],
    failures: Sequence[str] = (),
) -> str:
    """Return the page.

    Args:
        name: The model's.
        summary: A sentence on model, machine and date.
        rows: The published forms.
        advice: Which to take.
        labels: What the outputs stand for.
        failures: Why the other forms were not published.
    """

    def worst(found: Verification) -> str:
        index = min(range(len(found.by_class)), key=found.by_class.__getitem__)
        change = 100 * found.by_class[index]
        return f"{labels[index]} ({change:+.2f})" if change < 0 else "none"

    text: str = _COMPARISON_PAGE.render(
        name=name,
        summary=summary,
        rows=rows,
        advice=advice,
        labels=labels,
        failures=failures,
        plot=plot(rows) if rows else "",
        worst=worst,
    )
    return text


def plot(rows: Sequence[FormRow[Verification]]) -> str:
    """Plot size, latency and accuracy lost of each form, as an SVG element."""
    ordered = sorted(rows, key=lambda row: row.found[0].latency_us, reverse=True)
    names = [row.file for row in ordered]
    colors = [_COLORS[row.form.suffix] for row in ordered]
    # The same numbers give the same bytes.
    with mpl.rc_context({"svg.hashsalt": "edge-digits", "font.size": 9}):
        figure = Figure(figsize=(11, 1.2 + 0.27 * len(rows)), layout="constrained")
        FigureCanvasSVG(figure)
        size, latency, accuracy = figure.subplots(1, 3, sharey=True)
        kib = [row.size_bytes / 1024 for row in ordered]
        size.barh(names, kib, color=colors)
        size.set_xlabel("size, KiB")
        latency.scatter(
            [row.found[0].latency_us for row in ordered], names, color=colors
        )
        latency.set_xscale("log")
        latency.set_xlabel("latency of one inference here, microseconds")
        accuracy.scatter(
            [100 * row.found[0].accuracy for row in ordered], names, color=colors
        )
        first = ordered[0].found[0]
        accuracy.axvline(
            100 * (first.accuracy + first.lost), color="#888", lw=1, label="Keras"
        )
        accuracy.set_xlabel("test accuracy, %")
        accuracy.ticklabel_format(axis="x", useOffset=False)
        accuracy.legend(loc="best", frameon=False)
        for axes in (size, latency, accuracy):
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(axis="x", color="#ddd", lw=0.6)
            axes.margins(y=0.02)
            axes.set_axisbelow(True)
        buffer = StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :]
