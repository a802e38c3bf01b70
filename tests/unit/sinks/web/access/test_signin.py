"""The page that asks a browser for the token."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

pytest.importorskip("starlette", reason="the extra web")

from edge_app.sinks.web.access import signin


class Page(HTMLParser):
    """What is in a page: its elements with their attributes, and its texts."""

    def __init__(self, response):
        super().__init__()
        self.tag, self.elements, self.texts = "", {}, {}
        self.feed(response.body.decode())

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        self.elements[tag] = dict(attrs)

    def handle_endtag(self, _tag):
        self.tag = ""

    def handle_data(self, data):
        self.texts[self.tag] = self.texts.get(self.tag, "") + data


@pytest.mark.parametrize("was_wrong", [False, True])
def test_it_asks_for_the_token_and_says_whether_it_was_wrong(was_wrong):
    answer = signin.page(was_wrong=was_wrong)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    page = Page(answer)
    # The form asks for the page itself with the token as a parameter.
    assert page.elements["form"] == {"action": "./"}
    assert page.elements["input"]["name"] == "token"
    assert page.elements["input"]["type"] == "password"
    assert page.elements["p"]["role"] == "alert"
    said = page.texts.get("p", "")
    assert said == ("That is not the token of this page." if was_wrong else "")


def test_nothing_but_its_own_style_is_allowed():
    answer = signin.page(was_wrong=False)
    policy = answer.headers["Content-Security-Policy"]
    style = Page(answer).texts["style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert not re.search(r"<script|<link|src=|style=|\bon\w+=", answer.body.decode())
