"""What the page shows, between the thread that reads and the one that serves."""

import asyncio
import threading
from contextlib import nullcontext

import pytest
from clocks import Clock
from tracks import number
from updates import event, known_update

for module in ("starlette", "uvicorn", "segno"):
    pytest.importorskip(module, reason="the extra web")

from edge_app.sinks.records.happenings import REMEMBERED
from edge_app.sinks.web.page import feed as feeds
from edge_app.sinks.web.page.feed import Feed

TEXT = "2927"
BOX = (100, 100, 98, 32)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(feeds, "time", clock)
    return clock


def settled(number_id=1):
    shown = event("settled", number_id, TEXT, BOX)
    return known_update(*number(TEXT), events=[shown])


def serials(feed, after=0):
    return [happening.serial for happening in feed.happenings(after=after)]


def test_the_newest_update_counts():
    feed = Feed()
    assert feed.newest == (0, None)
    first, second = known_update(), known_update(*number(TEXT))
    feed.put(first)
    assert feed.newest == (1, first)
    feed.put(second)
    serial, update = feed.newest
    assert serial == feed.serial == 2
    assert update is second


def test_events_are_remembered_by_their_serial_numbers():
    feed = Feed()
    feed.put(settled(1))
    feed.put(known_update(events=[event("appeared", 2), event("gone", 1)]))
    assert serials(feed) == [1, 2]  # who only appeared is not yet one
    assert [happening.event.kind for happening in feed.happenings(after=1)] == ["gone"]
    assert serials(feed, after=2) == []


def test_only_the_last_are_kept():
    feed = Feed()
    gone = known_update(events=[event("gone", n) for n in range(REMEMBERED - 1)])
    feed.put(gone)
    feed.put(settled())
    feed.put(settled())
    assert serials(feed) == list(range(2, REMEMBERED + 2))


def test_what_was_before_is_gone_on_with():
    before = Feed()
    for _ in range(3):
        before.put(settled())
    feed = Feed(earlier=before.happenings(after=1))
    assert serials(feed) == [2, 3]
    feed.put(settled())
    assert serials(feed, after=2) == [3, 4]


def test_what_may_be_corrected_is_offered_also_from_before():
    class Offers:
        def __init__(self):
            self.texts = []

        def offer(self, specimen):
            self.texts.append(specimen.text)

    offers = Offers()
    feed = Feed(corrections=offers)
    feed.put(settled())
    assert offers.texts == [TEXT]
    earlier = feed.happenings(after=0)
    again = Offers()
    Feed(earlier=earlier, corrections=again)
    assert again.texts == [TEXT]
    plain = Feed()
    plain.put(settled())
    assert plain.happenings(after=0)[0].specimen is None


def test_rate_and_silence(clock):
    feed = Feed()
    assert (feed.frames_per_second(), feed.silent_s()) == (0, 0)
    for _ in range(50):
        clock.sleep(1.0 if feed.serial < 19 else 0.25)
        feed.put(known_update())
    assert feed.frames_per_second() == pytest.approx(4)  # of the last 30
    clock.sleep(2.5)
    assert feed.silent_s() == feed.unheard_s() == 2.5
    assert feed.frames_per_second() == pytest.approx(4)
    feed.put_fault("unplugged")
    clock.sleep(1)
    assert (feed.silent_s(), feed.unheard_s()) == (3.5, 1)
    assert feed.frames_per_second() == 0


def woken_by(happens, *, feed=None, watches=True):
    """Whether who waits in a loop is woken by what another thread does."""
    feed = Feed() if feed is None else feed

    async def wait():
        feed.serve_on(asyncio.get_running_loop())
        with feed.watching() if watches else nullcontext():
            waiting = asyncio.create_task(feed.change(timeout_s=60))
            await asyncio.sleep(0)
            thread = threading.Thread(target=happens, args=(feed,))
            thread.start()
            await asyncio.to_thread(thread.join)
            for _ in range(3):
                await asyncio.sleep(0)
            woken = waiting.done()
            waiting.cancel()
            return woken

    return asyncio.run(wait())


def test_who_watches_is_woken_by_news_alone():
    assert woken_by(lambda feed: feed.put(known_update()))
    assert woken_by(lambda feed: feed.put_fault("unplugged"))
    assert woken_by(lambda feed: feed.close())
    assert not woken_by(lambda feed: feed.newest)
    known = Feed()
    known.put_fault("unplugged")
    assert not woken_by(lambda feed: feed.put_fault("unplugged"), feed=known)
    assert woken_by(lambda feed: feed.put_fault(None), feed=known)
    assert known.fault is None


def test_where_nobody_watches_nobody_is_woken_but_at_the_end():
    assert not woken_by(lambda feed: feed.put(known_update()), watches=False)
    assert woken_by(lambda feed: feed.close(), watches=False)


def test_watchers_are_counted_until_they_go_however_they_do():
    feed = Feed()
    with feed.watching(), feed.watching():
        assert feed.num_watchers == 2
    with pytest.raises(KeyError), feed.watching():
        raise KeyError
    assert feed.num_watchers == 0


def test_waiting_ends_by_itself_and_a_server_that_ended_is_left_alone():
    asyncio.run(Feed().change(timeout_s=0.001))
    feed = Feed()
    assert not woken_by(lambda _: None, feed=feed)  # its loop is closed now
    feed.num_watchers = 1
    feed.put(known_update())
    assert feed.serial == 1
