"""The validator that the page brings says what the command line's says: the same faults, in the same words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import jsonschema
import pytest

from . import broken

pytestmark = pytest.mark.browser

SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
import json, jsonschema
from ktt_policy.resources import schema_folder
from ktt_policy.schemas.model import read_kind
from ktt_policy.schemas.validation import faults
from ktt_policy.source.json_ import parse
from ktt_policy.source.text import Text
print(jsonschema.__file__)
kinds = {}
for line in Path(sys.argv[1]).read_text("utf-8").splitlines():
    tree = parse(Text("x", line))
    name = tree["document_type"]
    if name not in kinds:
        kinds[name] = read_kind(schema_folder() / f"{name}.schema.json")
    print(json.dumps([[f.pointer, f.schema, f.message, f.breaks] for f in faults(kinds[name], tree)]))
"""


def asked(documents: Path, *before: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, str(documents), *before]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> tuple[str, list[str]]:
    home, *lines = process.communicate()[0].splitlines()
    assert process.returncode == 0
    return home, lines


def test_faults_are_the_same(site: Path, tmp_path: Path) -> None:
    for name in ("jsonschema", "pyrsistent"):
        (wheel,) = (site / "check/wheels").glob(f"{name}-*.whl")
        with ZipFile(wheel) as archive:
            archive.extractall(tmp_path / "wheels")
    documents = tmp_path / "documents.ndjson"
    # Each place is broken in 17 or 18 ways: a step that divides neither meets all of them.
    texts = [text for path in broken.documents() for text in broken.texts(path)[::5]]
    documents.write_text("\n".join(texts), "utf-8")
    processes = asked(documents), asked(documents, str(tmp_path / "wheels"))
    (home, ours), (other, theirs) = (said(process) for process in processes)
    assert (home, other) == (jsonschema.__file__, str(tmp_path / "wheels/jsonschema/__init__.py"))
    assert len(ours) == len(texts) > 700
    assert sum(json.loads(line) != [] for line in ours) > 600
    for text, a, b in zip(texts, ours, theirs, strict=True):
        assert a == b, text
