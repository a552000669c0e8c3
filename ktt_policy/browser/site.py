"""Gathers the page's files: Pyodide, the wheels, this package and a checked rulebook, each pinned or made here.

The page asks for nothing outside its folder, so all of it is copied there: any static host can serve it.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256, sha512
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ktt_policy.api import Rulebook
from ktt_policy.diagnostics import Diagnostic, ProblemError
from ktt_policy.folders import write
from ktt_policy.version import __version__

PYODIDE = "314.0.7"
PYODIDE_SHA512 = "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A=="
PYTHON, PLATFORM = "3.14", "pyemscripten_2026_0_wasm32"
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
HERE = Path(__file__).resolve().parent


def build(out: Path, book: Rulebook, name: dict[str, str], colours: str) -> None:
    """Write the page into `out` (made when it is missing): `index.html` and everything that it loads.

    `name` is the site's, by language, and `colours` the CSS that sets its two. Needs npm and pip, and their registries.
    Raises ProblemError when a part cannot be fetched or is not the one that was pinned; `out` then holds what it held.
    """
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary) / "made"
        shutil.copytree(HERE / "page", made)
        (made / "colours.css").write_text(colours, "utf-8")
        _runtime(Path(temporary), made / "pyodide")
        wheels = _wheels(made / "wheels")
        # Named by their contents: a browser that kept one file of an earlier day cannot mix it with today's others.
        engine = _named(made, "ktt_policy", ".zip", engine_archive())
        files = {
            "version": __version__,
            "name": name,
            "rulebook": {"id": book.data.id, "titles": book.data.titles, "sha256": book.data.digest},
            "docs": book.data.docs,
            "archives": [*(f"wheels/{wheel}" for wheel in wheels), engine],
            "data": _named(made, "rulebook", ".msgpack", book.to_bytes()),
        }
        (made / "files.json").write_text(json.dumps(files, ensure_ascii=False, indent=2) + "\n", "utf-8")
        try:
            write({path.relative_to(made).as_posix(): path for path in made.rglob("*") if path.is_file()}, out)
        except OSError as error:
            raise _problem(f"cannot write `{out}`: {error.strerror or error}", "give another folder") from None


def _runtime(work: Path, target: Path) -> None:
    """Pyodide from npm, the bytes that were pinned."""
    _run(["npm", "pack", "--silent", f"pyodide@{PYODIDE}", "--pack-destination", str(work)], "Pyodide", "npm")
    archive = work / f"pyodide-{PYODIDE}.tgz"
    raw = archive.read_bytes()
    if base64.b64encode(sha512(raw).digest()).decode() != PYODIDE_SHA512:
        raise _problem(f"pyodide {PYODIDE} is not the one that was pinned", "do not publish it; see where npm got it")
    target.mkdir()
    with tarfile.open(archive) as tar:
        for name in RUNTIME:
            member = tar.extractfile(f"package/{name}")
            assert member is not None
            (target / name).write_bytes(member.read())
        lock = tar.extractfile("package/pyodide-lock.json")
        assert lock is not None
        # Without Pyodide's own packages: the runtime can then be asked for nothing that is not in the folder.
        told: dict[str, Any] = {"info": json.load(lock)["info"], "packages": {}}
    (target / "pyodide-lock.json").write_text(json.dumps(told) + "\n", "utf-8")


def _wheels(target: Path) -> list[str]:
    """The wheels of `requirements.txt` from PyPI; pip holds them to the hashes that stand there."""
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--only-binary", ":all:", "--platform", PLATFORM, "--python-version", PYTHON, "--implementation", "cp",
        "--require-hashes", "--requirement", str(HERE / "requirements.txt"), "--dest", str(target),
    ]  # fmt: skip
    _run(command, "the wheels", "pip")
    return sorted(path.name for path in target.glob("*.whl"))


def _named(folder: Path, stem: str, suffix: str, raw: bytes) -> str:
    name = f"{stem}-{sha256(raw).hexdigest()[:12]}{suffix}"
    (folder / name).write_bytes(raw)
    return name


def engine_archive() -> bytes:
    """This package as an archive that is the same whenever it is made; only code: the rulebook comes checked."""
    package = HERE.parent
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for path in sorted(package.rglob("*")):
            name = path.relative_to(package)
            if path.suffix == ".py" and name.parts[0] not in ("data", "cli") and path != Path(__file__).resolve():
                entry = ZipInfo(f"ktt_policy/{name.as_posix()}")
                entry.compress_type = ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return written.getvalue()


def _run(command: list[str], what: str, tool: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        raise _problem(f"{what} cannot be fetched: there is no {tool}", f"install {tool}") from None
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if not line.startswith("WARNING")]
        raise _problem(f"{what} cannot be fetched by {tool}: {' '.join(said[-3:])}", "is the registry reachable?")


def _problem(message: str, help: str) -> ProblemError:
    return ProblemError([Diagnostic("E101", message, help=help)])
