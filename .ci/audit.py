"""Look up the pinned versions in PyPI's security advisories; fail for findings.

It also fails where the advisories cannot be reached, unless that is expected.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

_UNREACHABLE = ("Could not connect", "ServiceError", "requests.exceptions", "urllib3")


def main(words: Sequence[str] | None = None) -> int:
    """Print what is known of the packages; return 1 for findings, or if none is known.

    Args:
        words: The arguments of the command; those that it was called with by default.
    """
    parser = argparse.ArgumentParser(prog=".ci/audit.py", description=__doc__)
    parser.add_argument("paths", nargs="+", metavar="LOCK_FILE")
    parser.add_argument(
        "--offline", action="store_true", help="go on if the advisories are unreachable"
    )
    arguments = parser.parse_args(words)
    packages: dict[str, dict[str, Any]] = {}
    # One by one: a package in two of them would be refused.
    for path in arguments.paths:
        done = _audit(path)
        try:
            found = json.loads(done.stdout)["dependencies"]
        except (ValueError, KeyError):
            reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            if any(text in done.stderr for text in _UNREACHABLE):
                print(f"audit: the advisories could not be asked ({reason})")
                if arguments.offline:
                    break
                print(
                    "audit: error: connect this machine, or pass --offline",
                    file=sys.stderr,
                )
                return 1
            print(f"audit: error: {path}: {reason}", file=sys.stderr)
            return 1
        packages |= {package["name"]: package for package in found}
    return _report(list(packages.values()))


def _audit(path: str) -> subprocess.CompletedProcess[str]:
    """Run pip-audit on what a lock file pins."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    return subprocess.run(
        [*command, f"--requirement={path}"], capture_output=True, text=True
    )


def _report(packages: list[dict[str, Any]]) -> int:
    """Print the findings; return 1 if there are any."""
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    print(f"audit: {len(packages) - len(unknown)} packages were looked up")
    if unknown:
        first = ", ".join(unknown[:3]) + (", ..." if len(unknown) > 3 else "")
        print(f"audit: nothing is known of {len(unknown)} packages ({first})")
    findings = [
        f"{package['name']} {package['version']}: {found['id']}, fixed in "
        f"{', '.join(found['fix_versions']) or 'no version'}"
        for package in packages
        for found in package.get("vulns", ())
    ]
    for finding in findings:
        print(f"audit: error: {finding}", file=sys.stderr)
    return int(bool(findings))


if __name__ == "__main__":
    raise SystemExit(main())
