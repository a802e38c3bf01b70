"""Check that an sdist and a wheel hold edge_app as it is in git, and nothing else.

usage: python .ci/contents.py FOLDER
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

_IN_WHEEL = {
    "METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE",
    "top_level.txt",
}  # fmt: skip
_IN_SDIST = {
    "CHANGELOG.md", "LICENSE", "MANIFEST.in", "PKG-INFO", "README.md",
    "pyproject.toml", "setup.cfg",
}  # fmt: skip


def main(folder: Path) -> int:
    """Name what is missing and what is too much; return 1 if anything is."""
    tracked = subprocess.run(
        ["git", "ls-files", "edge_app"], capture_output=True, text=True, check=True
    )
    package = set(tracked.stdout.split())
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(sdist) as files:
        in_sdist = {member.name for member in files if member.isfile()}
    project = wheel.name.split("-py3")[0]
    wrong = [
        *_differences(wheel, in_wheel, package, f"{project}.dist-info/", _IN_WHEEL),
        *_differences(
            sdist,
            {name.removeprefix(f"{project}/") for name in in_sdist},
            package | _IN_SDIST,
            "edge_digits.egg-info/",
            set(),
        ),
    ]
    print("\n".join(wrong or [f"{wheel.name}: {len(in_wheel)} files, as in git"]))
    return int(bool(wrong))


def _differences(
    path: Path, found: set[str], expected: set[str], beside: str, needed: set[str]
) -> list[str]:
    """Return a line for each file that is missing or too much.

    Args:
        path: The archive, for messages.
        found: What is in it.
        expected: What ought to be.
        beside: A folder of which only `needed` is looked at.
        needed: What ought to be in it.
    """
    missing = (expected | {beside + name for name in needed}) - found
    extra = {name for name in found - expected if not name.startswith(beside)}
    return [
        *(f"{path.name}: {name} is missing" for name in sorted(missing)),
        *(f"{path.name}: {name} is not expected" for name in sorted(extra)),
    ]


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
