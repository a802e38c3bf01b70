import re

import pytest
from places import ROOT

from edge_app.archive.work.status import STATUSES

pytestmark = pytest.mark.device


def test_each_status_of_a_page_is_explained_in_the_guide():
    guide = (ROOT / "docs" / "archive.md").read_text(encoding="utf-8")
    table = guide[guide.index("| `ok` |") :].split("\n\n")[0]
    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", table, re.M)) == STATUSES
