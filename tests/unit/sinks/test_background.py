import logging
import threading

import pytest
from waiting import wait_until

from edge_app.sinks.background import Background

pytestmark = pytest.mark.device


def test_in_order_and_all_of_it_at_the_end():
    done = []
    thread = Background(done.append, name="x", capacity=100)
    for number in range(100):
        assert thread.put(number)
    thread.close(timeout_s=60)
    assert done == list(range(100))
    assert not thread.lost.is_set()


def test_full_drops_without_waiting_and_says_so_once(caplog):
    begun, go_on = threading.Event(), threading.Event()
    done = []

    def write(number):
        begun.set()
        go_on.wait()
        done.append(number)

    thread = Background(write, name="card", capacity=2)
    assert thread.put(0)
    assert begun.wait(timeout=60)
    kept = [0, *(number for number in range(1, 50) if thread.put(number))]
    assert done == []  # the first is still being written
    assert kept == [0, 1, 2]  # it, and two that wait
    assert thread.lost.is_set()
    assert [r.getMessage() for r in caplog.records] == [
        "card: too slow, some of it is lost"
    ]
    go_on.set()
    thread.close(timeout_s=60)
    assert done == kept


def test_an_error_is_logged_once_and_the_end_of_it_too(caplog):
    full = threading.Event()
    full.set()
    done, lost = [], []

    def write(item):
        if full.is_set():
            lost.append(item)
            raise OSError(28, "No space left on device")
        done.append(item)

    thread = Background(write, name="a.csv", capacity=10)
    for item in (1, 2, 3):
        thread.put(item)
    wait_until(lambda: lost == [1, 2, 3])
    full.clear()
    thread.put(4)
    thread.close(timeout_s=60)
    assert done == [4]
    assert thread.lost.is_set()
    assert [r.getMessage() for r in caplog.records] == [
        "a.csv: cannot be written (No space left on device)",
        "a.csv: is written again",
    ]


def test_a_fault_of_ours_is_logged_and_loses_one_item(caplog):
    done = []
    thread = Background(lambda item: done.append(1 / item), name="x", capacity=10)
    for item in (1, 0, 2):
        thread.put(item)
    thread.close(timeout_s=60)
    assert done == [1, 0.5]
    assert "ZeroDivisionError" in caplog.text


def test_idle_is_called_while_nothing_comes():
    calls = []
    thread = Background(
        print, name="x", capacity=1, idle=lambda: calls.append(1), idle_s=0.05
    )
    wait_until(lambda: len(calls) >= 2)
    thread.close()


def test_close_does_not_wait_for_ever(caplog):
    caplog.set_level(logging.WARNING)
    never = threading.Event()
    thread = Background(lambda _: never.wait(), name="stuck", capacity=1)
    thread.put(1)
    thread.close(timeout_s=0.2)
    assert "stuck: does not take what is left" in caplog.text
    never.set()
