"""Tests of a group run in one process, which newer versions of pytest prevent."""

import pytest


@pytest.mark.xdist_group("kept_together")
def test_groups_are_kept_together(request):
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("needs pytest -n 2 --dist loadgroup, as make test has it")
    assert request.node.nodeid.endswith("@kept_together")
