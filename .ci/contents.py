"""What the packages in a folder hold: the source package all that git does, the wheel what runs; no less, no more."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

NEEDED = {
    "LICENSE",
    "ktt_policy/py.typed",
    "ktt_policy/expr/grammar.lark",
    "ktt_policy/data/policies/pohjois-savo-ktt/rulebook.yaml",
    "ktt_policy/data/schemas/report.schema.json",
    "ktt_policy/data/schemas/policy/rule.schema.json",
}

DATA = ("docs/", "policies/", "schemas/", "fixtures/conforming/")


def in_git() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True
    )
    return {name for name in listed.stdout.decode().split("\0") if name and Path(name).is_file()}


def in_sdist(path: Path) -> set[str]:
    with tarfile.open(path) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()} - {"PKG-INFO"}


def in_wheel(path: Path) -> set[str]:
    """What it installs, and the licence by its own name; not what else describes the package."""
    with ZipFile(path) as archive:
        names = {name.partition(".dist-info/licenses/")[2] or name for name in archive.namelist()}
    return {name for name in names if ".dist-info/" not in name}


def of_wheel(files: set[str]) -> set[str]:
    """Where the wheel keeps each file that it should hold."""
    package = {name for name in files if name.startswith("ktt_policy/")}
    return package | {f"ktt_policy/data/{name}" for name in files if name.startswith(DATA)}


def main(folder: str) -> int:
    """Say what is missing or too much; 0 when nothing is."""
    (sdist,), (wheel,) = Path(folder).glob("*.tar.gz"), Path(folder).glob("*.whl")
    files = in_git()
    wrong = 0
    for path, found, wanted in (
        (sdist, in_sdist(sdist), files),
        (wheel, in_wheel(wheel), of_wheel(files) | NEEDED),
    ):
        for what, names in (("lacks", wanted - found), ("should not hold", found - wanted)):
            for name in sorted(names):
                print(f"{path.name} {what} {name}")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
