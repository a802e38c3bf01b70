"""Look up the pinned versions in PyPI's security advisories; fail for findings only.

usage: python .ci/audit.py LOCK_FILE...
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

_UNREACHABLE = ("Could not connect", "ServiceError", "requests.exceptions", "urllib3")


def main(paths: Sequence[str]) -> int:
    """Print what is known of the packages; return 1 for findings."""
    packages: dict[str, dict[str, Any]] = {}
    for path in paths:  # one by one: a package in two of them would be refused
        done = _asked(path)
        try:
            told = json.loads(done.stdout)["dependencies"]
        except (ValueError, KeyError):
            reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            if any(each in done.stderr for each in _UNREACHABLE):
                print(f"audit: the advisories could not be asked ({reason})")
                break
            print(f"audit: error: {path}: {reason}", file=sys.stderr)
            return 1
        packages |= {each["name"]: each for each in told}
    return _report(list(packages.values()))


def _asked(path: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    return subprocess.run(
        [*command, f"--requirement={path}"], capture_output=True, text=True
    )


def _report(packages: list[dict[str, Any]]) -> int:
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    print(f"audit: {len(packages) - len(unknown)} packages were looked up")
    if unknown:
        some = ", ".join(unknown[:3]) + (", ..." if len(unknown) > 3 else "")
        print(f"audit: nothing is known of {len(unknown)} packages ({some})")
    findings = [
        f"{each['name']} {each['version']}: {found['id']}, fixed in "
        f"{', '.join(found['fix_versions']) or 'no version'}"
        for each in packages
        for found in each.get("vulns", ())
    ]
    for each in findings:
        print(f"audit: error: {each}", file=sys.stderr)
    return int(bool(findings))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
