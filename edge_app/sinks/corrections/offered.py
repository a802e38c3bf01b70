"""The numbers of one camera that a person may correct."""

import re
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from edge_app.common.errors import CorrectionError
from edge_app.sinks.corrections.corrections_folder import Correction, CorrectionsFolder
from edge_app.sinks.corrections.specimen import Specimen

MOST_DIGITS = 40  # of a number
_OFFERED_SPECIMENS = 400  # specimens that may be corrected


class Corrections:
    """Takes corrections of the numbers that a camera read last; all threads may ask.

    Names are those of specimens. In the folder, where there are several cameras, they
    follow the camera's name and a point.
    """

    def __init__(self, folder: CorrectionsFolder, *, camera: str | None = None) -> None:
        """Take corrections into a folder.

        Args:
            folder: Keeps them; several cameras may have it in common.
            camera: Which camera's; `None` where there is one only.
        """
        self._folder = folder
        self._prefix = "" if camera is None else f"{camera}."
        self._offering = threading.Lock()  # reading waits for no disk
        self._specimens: OrderedDict[str, Specimen] = OrderedDict()

    @property
    def path(self) -> Path:
        """Return the folder's path."""
        return self._folder.path

    def offer(self, specimen: Specimen) -> None:
        """Let a number be corrected until many others were offered."""
        with self._offering:
            self._specimens[specimen.name] = specimen
            while len(self._specimens) > _OFFERED_SPECIMENS:
                self._specimens.popitem(last=False)

    def give(self, name: str, text: str) -> Correction:
        """Take what a number truly is, instead of what was given for it before.

        Args:
            name: Of its specimen.
            text: Its digits; empty where it is no number.

        Raises:
            CorrectionError: The text has other signs, or the number is not known.
            OSError: The disk is full, or gone.
        """
        given = "".join(text.split())
        if not re.fullmatch(f"[0-9]{{0,{MOST_DIGITS}}}", given):
            raise CorrectionError(
                f"at most {MOST_DIGITS} digits 0 to 9 expected, got {text[:60]!r}"
            )
        with self._offering:
            specimen = self._specimens.get(name)
        if specimen is None:
            raise CorrectionError(
                "that number was read too long ago; correct a newer one"
            )
        in_folder = replace(specimen, name=self._prefix + name)
        return self._without_camera(self._folder.keep(in_folder, given))

    def undo(self, name: str) -> bool:
        """Take a correction back, crops and all; `False` where there is none."""
        return self._folder.undo(self._prefix + name)

    def newest(self) -> list[Correction]:
        """Return all of this camera that are kept, the newest first."""
        return [
            self._without_camera(correction)
            for correction in self._folder.newest()
            if correction.name.rpartition(".")[0] == self._prefix[:-1]
        ]

    def given(self, name: str) -> str | None:
        """Return what a number is said to be; `None` where nobody said anything."""
        return self._folder.given(self._prefix + name)

    def picture(self, name: str) -> bytes | None:
        """Return a corrected number's picture, a JPEG file, if it is there."""
        return self._folder.picture(self._prefix + name)

    def _without_camera(self, correction: Correction) -> Correction:
        return replace(correction, name=correction.name.removeprefix(self._prefix))
