"""Processes that are told to end, at any moment."""

import signal
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.device,
    pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals"),
]

BEGINNING = """
import os, signal, threading
from edge_app.live.ending import Ending, leave, leave_on_signal

def tell(number):
    os.kill(os.getpid(), number)

"""


def ended(body):
    """The exit status of a process, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + body],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_before_there_is_anything_to_finish_a_signal_ends_it_at_once(number):
    assert ended(f"""
leave_on_signal()
tell({int(number)})
threading.Event().wait()
""") == (0, [])
    assert ended(f"""
with Ending():
    tell({int(number)})
    threading.Event().wait()
""") == (0, [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_only_asks_for_an_orderly_end(number):
    status, said = ended(f"""
with Ending() as ending:
    ending.be_orderly()
    print(ending.is_asked_to_end)
    tell({int(number)})
    while not ending.is_asked_to_end:
        pass
    print("finished", flush=True)
print("over")
""")
    assert (status, said) == (0, ["False", "finished", "over"])


def test_what_hangs_after_a_signal_is_left_behind():
    status, said = ended(f"""
with Ending() as ending:
    ending.be_orderly()
    tell({int(signal.SIGTERM)})
    threading.Event().wait()
print("over")
""")
    assert (status, said) == (0, [])


def test_after_the_block_signals_are_handled_as_before():
    status, said = ended(f"""
signal.signal(signal.SIGTERM, lambda *_: print("mine"))
with Ending() as ending:
    ending.be_orderly()
tell({int(signal.SIGTERM)})
print(ending.is_asked_to_end)
""")
    assert (status, said) == (0, ["mine", "False"])


def test_a_process_that_leaves_has_written_all_and_waits_for_no_thread():
    status, said = ended("""
threading.Thread(target=threading.Event().wait).start()
print("written")
leave(3)
""")
    assert (status, said) == (3, ["written"])
