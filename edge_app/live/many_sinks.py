"""The sinks for the readings of several cameras."""

from collections.abc import Mapping
from dataclasses import replace

from edge_app.cli import outputs
from edge_app.sinks import Sink, Sinks, SinkSettings, corrections_folder
from edge_app.sinks.sink import SharedSink
from edge_app.sinks.views import VIEWS, ManyViewParts, ViewedCamera


def open_of_many(
    settings: SinkSettings, cameras: Mapping[str, ViewedCamera], opened: list[Sink]
) -> dict[str, Sinks]:
    """Return each camera's sinks: some are common to all, of others each has its own.

    Args:
        settings: Which ones; the view as `chosen_view_of_many` gives it.
        cameras: By their names.
        opened: Gets every sink that has to be closed, also where one cannot be had.

    Raises:
        EdgeDigitsError: One of them cannot be had.
    """
    folder = corrections_folder(settings)
    # The pages' histories, which offer what may be corrected, are their own.
    common_settings = replace(settings, corrections=None)
    kept: dict[str, list[Sink]] = {name: [] for name in cameras}
    for output in outputs.wanted(settings.kept):
        if output.of_camera is None:
            opened.append(output.open(common_settings))
            shared = SharedSink(opened[-1])
            for sinks in kept.values():
                sinks.append(shared)
            continue
        for name, sinks in kept.items():
            opened.append(output.open(output.of_camera(common_settings, name)))
            sinks.append(opened[-1])
    open_view = VIEWS[settings.view].open_of_many
    assert open_view is not None
    views = open_view(ManyViewParts(settings, cameras, folder))
    if views.whole is not None:
        opened.append(views.whole)
    return {name: Sinks(kept[name], views.of_camera.get(name)) for name in cameras}
