"""Numbers that were read, and may be corrected."""

import pytest
from updates import scene_update

from edge_app.sinks.corrections import specimen
from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections


@pytest.fixture
def update(reader):
    return scene_update(reader)


@pytest.fixture
def specimens(update):
    image, reading = update.frame.image, update.reading
    return list(specimen.of_numbers(image, reading, time_s=update.made_s))


@pytest.fixture
def corrections(tmp_path, specimens):
    kept = Corrections(CorrectionsFolder(tmp_path / "kept"))
    for sample in specimens:
        kept.offer(sample)
    return kept
