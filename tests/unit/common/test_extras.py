import pytest

from edge_app.common import extras
from edge_app.common.errors import EdgeDigitsError

pytestmark = pytest.mark.device


def test_the_first_that_is_not_installed_is_named():
    assert extras.missing() is None
    assert extras.missing("json", "email.message") is None
    assert extras.missing("json", "no_such_a", "no_such_b") == "no_such_a"


def test_what_is_missing_is_told_with_its_extra():
    extras.need("web", "json")
    expected = r"^no_such is not installed; try: pip install '\.\[web\]'$"
    with pytest.raises(EdgeDigitsError, match=expected):
        extras.need("web", "json", "no_such")
