"""What shows readings: every view of the option is there and opens."""

from typing import get_args

import pytest

from edge_app.cli.run_settings import SinkSettings, ViewName
from edge_app.common.errors import DisplayError, EdgeDigitsError
from edge_app.live.fields.setup import LiveSetup
from edge_app.reader import Reader
from edge_app.sinks import views
from edge_app.sinks.records.record_sink import JSONLines
from edge_app.sinks.records.text import Text


def parts(view):
    settings = SinkSettings(view=view)
    return views.ViewParts(settings, Reader, None, LiveSetup(), None, None, None)


def test_each_view_of_the_option_is_listed():
    assert {*views.VIEWS, "auto"} == set(get_args(ViewName))


@pytest.mark.parametrize(("view", "kind"), [("text", Text), ("json", JSONLines)])
def test_views_that_print(view, kind):
    assert isinstance(views.VIEWS[view].open(parts(view)), kind)


def test_no_view():
    assert views.VIEWS["none"].open(parts("none")) is None


def test_a_window_that_cannot_be_shown(monkeypatch):
    monkeypatch.setattr(views, "why_no_window", lambda: "no display")
    with pytest.raises(DisplayError, match="no display; try --view text"):
        views.chosen_view("window")
    assert views.chosen_view("auto") in ("web", "text")
    assert views.chosen_view("json") == "json"


def test_what_shows_several_cameras():
    for view in ("web", "json", "none"):
        assert views.chosen_view_of_many(view) == view
    with pytest.raises(DisplayError, match=r"by --view web, json or none, got text$"):
        views.chosen_view_of_many("text")


def test_several_cameras_have_the_page_where_one_would_have_a_window(monkeypatch):
    monkeypatch.setattr(views, "why_no_window", lambda: None)
    assert views.chosen_view("auto") == "window"
    assert views.chosen_view_of_many("auto") == "web"


def test_a_page_without_its_packages_is_one_line(monkeypatch):
    monkeypatch.setattr(views, "_WEB_MODULES", ("no_such_module",))
    of_many = views.ManyViewParts(SinkSettings(view="web"), {}, None)
    for open_view, given in (
        (views.VIEWS["web"].open, parts("web")),
        (views.VIEWS["web"].open_of_many, of_many),
    ):
        with pytest.raises(EdgeDigitsError, match=r"pip install '\.\[web\]'"):
            open_view(given)
