"""Printed text in many fonts and scripts, as outlines.

The fonts are Matplotlib's own, and those that Debian's packages put under
`/usr/share/fonts`, where there are any.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.composed.picture.view import PageView, fixed
from train.scenes.writing.pens import SHIFT
from train.scenes.writing.printing import Glyph

_SYSTEM = Path("/usr/share/fonts")
_NO_TEXT = ("cmex", "cmsy", "cmmi", "stixsiz", "stixnonuni", "lastresort", "quran")
# Their digits look handwritten: only their letters are printed.
_HANDLIKE = ("breip", "dancing", "purisa")
_TYPESET_EM = 64.0  # size at which outlines are taken
_MOST_CHARACTERS = 300  # of a script
_SHARE_BY_SCRIPT = 0.5  # of the fonts

_SCRIPTS: dict[str, tuple[tuple[int, int], ...]] = {
    "latin": ((0x41, 0x5A), (0x61, 0x7A)),
    "accented": ((0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x17E)),
    "greek": ((0x391, 0x3A1), (0x3A3, 0x3A9), (0x3B1, 0x3C9)),
    "cyrillic": ((0x410, 0x44F),),
    "hebrew": ((0x5D0, 0x5EA),),
    "arabic": ((0xFE8D, 0xFEF4),),  # letters in their joined forms
    # With the vowels and marks above, below and beside the letters.
    "devanagari": ((0x905, 0x939), (0x93E, 0x94D), (0x966, 0x96F)),
    "bengali": ((0x985, 0x9B9), (0x9BE, 0x9CD), (0x9E6, 0x9EF)),
    "thai": ((0xE01, 0xE3A), (0xE40, 0xE4E), (0xE50, 0xE59)),
    "armenian": ((0x531, 0x556), (0x561, 0x587)),
    "georgian": ((0x10D0, 0x10F0),),
    "kana": ((0x3042, 0x3093), (0x30A2, 0x30F3)),
    "chinese": ((0x4E00, 0x9FA5),),
    "hangul": ((0xAC00, 0xD7A3),),
    "signs": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "arrows": ((0x2190, 0x21FF), (0x2200, 0x22FF), (0x25A0, 0x25FF)),
}


@dataclass(frozen=True)
class Font:
    """A font that can print."""

    path: str

    @property
    def has_digits(self) -> bool:
        """Return whether its digits are clearly printed ones."""
        return not any(name in self.path.lower() for name in _HANDLIKE)

    @property
    def scripts(self) -> dict[str, str]:
        """Return the characters that it has of each script."""
        return _scripts(self.path)


@cache
def fonts(*, bundled: bool = False) -> tuple[Font, ...]:
    """Return all fonts, or only those that come with Matplotlib."""
    import matplotlib as mpl

    found = sorted(Path(mpl.get_data_path(), "fonts", "ttf").glob("*.ttf"))
    if not bundled and _SYSTEM.is_dir():
        # By name: two packages may hold the same font.
        names = {path.name for path in found}
        more = [p for end in ("ttf", "otf", "ttc") for p in _SYSTEM.rglob(f"*.{end}")]
        found += sorted(path for path in more if path.name not in names)
    return tuple(
        Font(str(path))
        for path in found
        if not any(name in path.name.lower() for name in _NO_TEXT)
    )


def choose(
    rng: np.random.Generator, *, bundled: bool = False, digits: bool = False
) -> Font:
    """Choose a font at random, each family as often as another.

    On machines with more fonts, every second time a script is chosen first, so that
    those that few fonts have are printed, too.

    Args:
        rng: Source of the choice.
        bundled: Whether it has to be one of Matplotlib's.
        digits: Whether its digits have to be clearly printed ones.
    """
    families = _families(bundled, digits)
    if not bundled and rng.random() < _SHARE_BY_SCRIPT:
        scripts = tuple(_SCRIPTS)
        script = scripts[rng.integers(len(scripts))]
        families = _families(bundled, digits, script) or families
    family = families[rng.integers(len(families))]
    return family[rng.integers(len(family))]


def nonsense(
    font: Font, rng: np.random.Generator, count: int, *, foreign: float = 0.5
) -> str:
    """Return words of random letters of one of the font's scripts.

    Args:
        font: What they are to be printed in.
        rng: Source of everything random.
        count: How many words.
        foreign: Share of other scripts than Latin, where the font has one.
    """
    scripts = font.scripts
    others = [name for name in scripts if name not in ("latin", "signs")]
    if others and rng.random() < foreign:
        letters = scripts[others[rng.integers(len(others))]]
    else:
        letters = scripts.get("latin", "abc")
        if rng.random() < 0.3:
            letters += scripts.get("signs", "")
    words = []
    for _ in range(count):
        places = rng.integers(len(letters), size=int(rng.integers(1, 10)))
        words.append("".join(letters[i] for i in places))
    return " ".join(words)


def line(
    layer: NDArray[np.uint8],
    text: str,
    place: tuple[float, float],
    size: float,
    font: Font,
    view: PageView,
    right: float = math.inf,
) -> list[Glyph]:
    """Print a line of text.

    Args:
        layer: `(H, W)` uint8, 0 no ink; changed in place.
        text: What is printed; characters that the font lacks are left out.
        place: Left end of the base line, in pixels of the page.
        size: Of the font, in pixels of the page.
        font: Which font.
        view: How the page is seen.
        right: Where the line ends at the latest, in pixels of the page.

    Returns:
        Its glyphs, blanks left out.
    """
    typeset = _typeset(text, place, size, font, right)
    if not typeset:
        return []
    outlines = [outline for _, shapes in typeset for outline in shapes]
    splits = np.cumsum([len(outline) for outline in outlines])
    seen = iter(np.split(view.see(np.concatenate(outlines)), splits[:-1]))
    glyphs = []
    height, width = layer.shape
    for character, shapes in typeset:
        shapes_seen = list(islice(seen, len(shapes)))
        points = np.concatenate(shapes_seen)
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
            continue
        contours = [fixed(outline) for outline in shapes_seen]
        cv2.fillPoly(layer, contours, 255, cv2.LINE_AA, SHIFT)
        left, top = int(np.floor(x0)), int(np.floor(y0))
        box = (left, top, int(np.ceil(x1)) - left, int(np.ceil(y1)) - top)
        glyphs.append(Glyph(character, box))
    return glyphs


def _typeset(
    text: str, place: tuple[float, float], size: float, font: Font, right: float
) -> list[tuple[str, list[NDArray[np.float64]]]]:
    """Return each character with its outlines in the page's pixels."""
    x, y = place
    found = []
    for character in text:
        shapes, advance = _glyph(font.path, character)
        if x + advance * size > right:
            break
        if shapes:
            outlines = [outline * size + (x, y) for outline in shapes]
            found.append((character, outlines))
        x += advance * size
    return found


@cache
def _families(
    bundled: bool, digits: bool, script: str | None = None
) -> tuple[tuple[Font, ...], ...]:
    families: dict[str, list[Font]] = {}
    for font in fonts(bundled=bundled):
        has_script = script is None or script in font.scripts
        if has_script and (font.has_digits or not digits):
            families.setdefault(Path(font.path).stem[:6].lower(), []).append(font)
    return tuple(tuple(family) for family in families.values())


@cache
def _characters(path: str) -> frozenset[int]:
    return frozenset(_opened(path).get_charmap())


@cache
def _opened(path: str) -> Any:
    from matplotlib.ft2font import FT2Font

    font = FT2Font(path)
    font.set_size(_TYPESET_EM, 72)
    return font


@cache
def _scripts(path: str) -> dict[str, str]:
    has = _characters(path)
    found = {}
    for name, spans in _SCRIPTS.items():
        codes = [c for first, last in spans for c in range(first, last + 1) if c in has]
        if len(codes) >= 10:
            step = max(1, len(codes) // _MOST_CHARACTERS)
            found[name] = "".join(map(chr, codes[::step]))
    return found


@cache
def _glyph(path: str, character: str) -> tuple[list[NDArray[np.float64]], float]:
    """Return a character's outlines, y down, and its advance, at size 1."""
    from matplotlib.ft2font import LoadFlags
    from matplotlib.path import Path as Outline

    font = _opened(path)
    if ord(character) not in _characters(path):
        return [], 0.3 if character == " " else 0.0
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    vertices, codes = font.get_path()
    advance = glyph.linearHoriAdvance / 65536 / _TYPESET_EM
    if not len(vertices):
        return [], advance
    polygons = Outline(vertices, codes).to_polygons()
    shapes = [
        np.asarray(polygon) * (1 / _TYPESET_EM, -1 / _TYPESET_EM)
        for polygon in polygons
    ]
    return [shape for shape in shapes if len(shape) > 2], advance


def machine_readable() -> tuple[Font, ...]:
    """Return the fonts that machines read, where they are installed."""
    return tuple(font for font in fonts() if "ocr" in Path(font.path).name.lower())
