"""The live page in a real browser when something fails."""

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import cv2
import psutil
import pytest
from needed import need
from updates import scene_update
from waiting import wait_until

pytest.importorskip("starlette", reason="the extra web")
need("playwright", reason="a browser")
from edge_app.sinks.web import Web
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.slow

OPACITY = "Number(getComputedStyle(document.querySelector('#numbers')).opacity)"


def test_wrong_token_is_refused_and_the_right_one_remembered(reader, open_page):
    web = Web(host="0.0.0.0", port=0, open_reader=lambda: reader)
    base = f"http://127.0.0.1:{web.port}/"
    try:
        right = open_page(f"{base}?token={web.token}")
        right.wait_for_selector("#state[data-state=waiting]")
        assert right.url == base  # the token is not in the address
        right.reload()
        right.wait_for_selector("#pad")
        answer = right.context.request.get(base)
        assert answer.status == 200
        other = right.context.browser.new_context()
        for url in (base, f"{base}?token=wrong"):
            assert other.request.get(url).status == 401
        page = other.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{base}?token=wrong")
        assert "not the token" in page.inner_text("[role=alert]")
        assert page.locator("#pad").count() == 0
        page.fill("[name=token]", "wrong again")
        page.press("[name=token]", "Enter")
        page.wait_for_url(f"{base}?token=wrong+again")  # else it comes in between
        assert page.locator("#pad").count() == 0
        page.fill("[name=token]", web.url)  # the whole link, as it was printed
        page.click("button")
        page.wait_for_selector("#pad")
        assert page.url == base
        other.close()
    finally:
        web.close()


def write_until_live(web, page, update):
    """Until the page shows that it is live, in every place."""

    def is_live():
        web.write(update)
        state, is_covered, opacity = page.evaluate(
            f"""() => [
                document.querySelector("#state").dataset.state,
                !document.querySelector("#blank").hidden,
                {OPACITY},
            ]"""
        )
        return state == "live" and not is_covered and opacity == 1

    wait_until(is_live)


def test_says_so_when_the_camera_or_the_device_is_gone(web, open_page, reader):
    page = open_page(web.url)
    write_until_live(web, page, scene_update(reader))
    web.wait("camera 0: stopped delivering pictures")
    page.wait_for_selector("#blank:has-text('Waiting for the camera')")
    page.wait_for_selector("#why:has-text('camera 0: stopped')")
    web.reconnected()
    write_until_live(web, page, scene_update(reader))
    page.wait_for_selector("#blank:has-text('last picture')")  # 3 s without one
    assert page.evaluate(OPACITY) < 0.5  # they may be others by now
    write_until_live(web, page, scene_update(reader))
    web.close()
    page.wait_for_selector("#state[data-state=lost]")
    page.wait_for_selector("#blank:has-text('Connection lost since')")
    assert re.search(r"since \d\d:\d\d:\d\d", page.inner_text("#state"))
    assert page.evaluate(OPACITY) < 0.5
    assert page.inner_text("#when").casefold() == "last read"
    assert page.locator("#rate").inner_text() == ""
    assert "no connection" in page.title()
    page.close()


def test_an_old_picture_is_not_shown_as_current(web, open_page, reader):
    web.write(scene_update(reader))
    time.sleep(3.5)  # the camera hangs
    page = open_page(web.url)
    page.wait_for_selector(".number")
    assert page.get_attribute("#state", "data-state") == "waiting"
    assert page.evaluate(OPACITY) < 0.5


@contextmanager
def started(browser, source):
    """The page of a program that reads `source`, and the program."""
    command = [sys.executable, "-m", "edge_app", "run", "--source", str(source)]
    process = subprocess.Popen(
        [*command, "--view", "web", "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    context = browser.new_context()
    try:
        url = re.search(r"http://\S+", process.stderr.readline())[0]
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(url)
        page.wait_for_selector("#state[data-state=live]")
        yield page, process
    finally:
        context.close()
        process.kill()
        process.communicate()


def test_who_asks_for_the_next_picture_sees_it_though_paused(browser, tmp_path):
    for seed in (1, 2):
        cv2.imwrite(str(tmp_path / f"p{seed}.png"), Scene(seed=seed).frame(0.0)[0])
    with started(browser, tmp_path) as (page, _):
        page.wait_for_selector("#source:has-text('p1.png')")
        page.click("#pause")
        page.wait_for_selector("#when:has-text('Read in this picture')")
        page.click("#next")
        page.wait_for_selector("#source:has-text('p2.png')")
        assert page.get_attribute("#pause", "aria-pressed") == "false"
        page.wait_for_selector("#state[data-state=live]")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_device_that_hangs_is_lost_and_found_again(browser):
    """It closes no connection, as one that is out of reach."""
    with started(browser, "demo") as (page, process):
        running = page.locator("dt:has-text('Running for') + dd")
        number, unit = running.inner_text().split()
        running_s = int(number) * {"s": 1, "min": 60}[unit]
        assert running_s <= time.time() - psutil.Process(process.pid).create_time()
        process.send_signal(signal.SIGSTOP)
        page.wait_for_selector("#state:has-text('lost since')")
        assert page.evaluate(OPACITY) < 0.5
        process.send_signal(signal.SIGCONT)
        wait_until(lambda: page.evaluate(OPACITY) == 1)
