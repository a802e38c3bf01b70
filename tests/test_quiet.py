import os
import subprocess
import sys

import pytest

from edge_app.quiet import quiet


def test_nothing_is_seen(capfd):
    sys.stdout.write("before\n")
    with quiet():
        sys.stdout.write("python\n")
        os.write(1, b"stdout\n")
        os.write(2, b"stderr\n")
    sys.stdout.write("after\n")
    assert capfd.readouterr() == ("before\nafter\n", "")


def test_shown_if_the_block_fails(capfd):
    def fail():
        with quiet(show_if_failed=True):
            os.write(1, b"why it failed\n")
            raise RuntimeError("failed")

    with pytest.raises(RuntimeError, match="failed"):
        fail()
    assert capfd.readouterr().err == "why it failed\n"


@pytest.mark.skipif(sys.platform == "win32", reason="closes descriptors in a shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams(closed):
    program = "from edge_app.quiet import quiet\nwith quiet(): pass"
    command = f"{sys.executable} -c '{program}' {closed}"
    assert subprocess.run(command, shell=True, check=False).returncode == 0
