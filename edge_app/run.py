"""Live reading: what ``edge-digits run`` does."""

from contextlib import closing

from edge_app import classify
from edge_app.reader import Reader
from edge_app.sinks import Update, open_view
from edge_app.sources import open_source


def run(*, source: str, view: str, model: str | None, max_frames: int | None) -> int:
    """Read frames until the source ends, the user quits or Ctrl-C.

    Args:
        source: As `sources.open_source` takes it.
        view: As `sinks.open_view` takes it.
        model: As `classify.load` takes it.
        max_frames: End after that many frames; `None` for no limit.

    Returns:
        The exit status, 0.

    Raises:
        EdgeDigitsError: The source, the view or the model cannot be used.
    """
    try:
        reader = Reader(classify.load(model))
        with closing(open_source(source)) as frames, closing(open_view(view)) as sink:
            for count, frame in enumerate(frames.frames(), start=1):
                reading = reader.read(frame.image)
                age_ms = reading.latency_ms["total"]
                if not sink.write(Update(frames.name, frame, reading, (), age_ms)):
                    break
                if count == max_frames:
                    break
    except KeyboardInterrupt:
        pass  # the ordinary way to end
    return 0
